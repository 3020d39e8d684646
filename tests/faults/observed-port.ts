/** Told of each call of a port right before it; what it returns is called once the call has settled. */
export type CallObserver = (name: string) => () => void;

/** The same port, with every call of its methods observed but those that reach nothing outside. */
export function observed<T extends object>(
  port: T,
  label: string,
  observe: CallObserver,
  pure: readonly string[] = [],
): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]): unknown => {
        if (pure.includes(String(key))) return Reflect.apply(value, target, values);
        const settled = observe(`${label}.${String(key)}`);
        const result: unknown = Reflect.apply(value, target, values);
        if (result instanceof Promise) return result.finally(settled);
        settled();
        return result;
      };
    },
  });
}
