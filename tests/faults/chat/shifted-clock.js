// Preloaded into a process of the bot: the machine's clock, put forward by so many milliseconds.
const shift = Number(process.env.COSMOS_TEST_CLOCK_SHIFT_MS ?? 0);
const now = Date.now.bind(Date);
Date.now = () => now() + shift;
