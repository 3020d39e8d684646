import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeWithSshd, startServer, transportTo } from './ssh-server.ts';

const fault = (reason: string): object => ({ name: 'FileFault', reason });

describeWithSshd('files over SSH', () => {
  it('makes a file or a directory only where the name is free, whatever holds it', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    await transport.createFile(`${at}/file`, 'x', 0o600);
    expect((await stat(`${at}/file`)).mode & 0o777).toBe(0o600);
    await transport.makeDirectory(`${at}/directory`);
    await symlink('/nowhere', `${at}/link`);
    for (const name of ['file', 'directory', 'link']) {
      await expect(transport.createFile(`${at}/${name}`, '', 0o600)).rejects.toMatchObject(fault('exists'));
      await expect(transport.makeDirectory(`${at}/${name}`)).rejects.toMatchObject(fault('exists'));
      await expect(transport.link(`${at}/file`, `${at}/${name}`)).rejects.toMatchObject(fault('exists'));
      await expect(transport.copy(`${at}/file`, `${at}/${name}`)).rejects.toMatchObject(fault('exists'));
    }
    await expect(transport.makeDirectories(`${at}/file`)).rejects.toMatchObject(fault('exists'));
    await expect(transport.makeDirectory(`${at}/a/b`)).rejects.toMatchObject(fault('missing'));
    await expect(transport.createFile(`${at}/a/b`, '', 0o600)).rejects.toMatchObject(fault('missing'));
    await Promise.all([1, 2, 3, 4].map(() => transport.makeDirectories(`${at}/a/b/c`)));
    expect((await transport.stat(`${at}/a/b/c`))?.kind).toBe('directory');
  });

  it('has one winner of many that make the same name', async () => {
    const server = await startServer();
    const at = await server.makeDirectory('work');
    const transports = [transportTo(server), transportTo(server), transportTo(server)];
    for (let round = 0; round < 10; round += 1) {
      const tries = transports.flatMap((transport) => [
        transport.createFile(`${at}/${round}`, '', 0o600),
        transport.makeDirectory(`${at}/${round}`),
      ]);
      const ends = await Promise.allSettled(tries);
      expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
      for (const end of ends)
        if (end.status === 'rejected') expect(end.reason).toMatchObject(fault('exists'));
    }
  });

  it('reads parts of a file, and neither links nor pipes', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    await writeFile(`${at}/log`, '0123456789');
    const read = async (offset: number, bytes: number): Promise<string | null> => {
      const found = await transport.readRange(`${at}/log`, offset, bytes);
      return found === null ? null : Buffer.from(found).toString();
    };
    expect([await read(2, 3), await read(8, 9), await read(10, 9), await read(99, 9)]).toEqual([
      '234',
      '89',
      '',
      '',
    ]);
    expect(await transport.readRange(`${at}/nothing`, 0, 9)).toBeNull();
    await symlink(`${at}/log`, `${at}/link`);
    execFileSync('mkfifo', [`${at}/pipe`]);
    for (const name of ['link', 'pipe', '.']) {
      await expect(transport.readRange(`${at}/${name}`, 0, 9)).rejects.toMatchObject(fault('wrong_kind'));
      await expect(transport.hash(`${at}/${name}`)).rejects.toMatchObject(fault('wrong_kind'));
    }
    await expect(transport.hash(`${at}/nothing`)).rejects.toMatchObject(fault('missing'));
  });

  it('lists everything below a directory in order, and resolves links', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    await mkdir(`${at}/b/c`, { recursive: true });
    await writeFile(`${at}/b/c/it's "hard" $x\n`, 'xy');
    await writeFile(`${at}/a`, '');
    await symlink('/etc', `${at}/z`);
    const listed = await transport.list(at);
    expect(listed.map(({ path, kind }) => [path, kind])).toEqual([
      ['a', 'file'],
      ['b', 'directory'],
      ['b/c', 'directory'],
      ['b/c/it\'s "hard" $x\n', 'file'],
      ['z', 'link'],
    ]);
    expect(listed[3]?.bytes).toBe(2);
    expect((await transport.names(at)).toSorted()).toEqual(['a', 'b', 'z']);
    expect(await transport.realPath(`${at}/z/hostname`)).toBe('/etc/hostname');
    expect(await transport.realPath(`${at}/nothing`)).toBeNull();
    await expect(transport.names(`${at}/nothing`)).rejects.toMatchObject(fault('missing'));
  });

  it('renames as POSIX does', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    await transport.createFile(`${at}/one`, '1', 0o600);
    await transport.createFile(`${at}/two`, '2', 0o600);
    await transport.rename(`${at}/one`, `${at}/two`);
    expect(await readFile(`${at}/two`, 'utf8')).toBe('1');
    await transport.makeDirectories(`${at}/full/x`);
    await transport.makeDirectory(`${at}/empty`);
    await transport.makeDirectory(`${at}/new`);
    await expect(transport.rename(`${at}/new`, `${at}/full`)).rejects.toMatchObject(fault('exists'));
    await expect(transport.rename(`${at}/two`, `${at}/full`)).rejects.toMatchObject(fault('wrong_kind'));
    await expect(transport.rename(`${at}/nothing`, `${at}/x`)).rejects.toMatchObject(fault('missing'));
    await transport.rename(`${at}/new`, `${at}/empty`);
    expect(await transport.stat(`${at}/new`)).toBeNull();
  });

  it('removes what is there, and nothing where nothing is', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    await transport.makeDirectories(`${at}/-rf it's/b`);
    await transport.createFile(`${at}/-rf it's/b/c`, '', 0o400);
    await symlink(at, `${at}/link`);
    await transport.remove(`${at}/link`);
    await transport.remove(`${at}/-rf it's`);
    await transport.remove(`${at}/-rf it's`);
    expect(await transport.names(at)).toEqual([]);
  });

  it('copies and links a file on the host, and changes its mode', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    await transport.createFile(`${at}/one`, 'content', 0o600);
    await transport.copy(`${at}/one`, `${at}/copy's`);
    await transport.link(`${at}/one`, `${at}/link`);
    await transport.changeMode(`${at}/link`, 0o444);
    expect(await readFile(`${at}/copy's`, 'utf8')).toBe('content');
    expect((await stat(`${at}/one`)).mode & 0o777).toBe(0o444);
    await expect(transport.link(`${at}/nothing`, `${at}/x`)).rejects.toMatchObject(fault('missing'));
    await expect(transport.copy(`${at}/nothing`, `${at}/x`)).rejects.toMatchObject(fault('missing'));
    expect(await transport.stat(`${at}/x`)).toBeNull();
  });

  it('says that a name is too long, and what its user may not do', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const at = await server.makeDirectory('work');
    const long = `${at}/${'n'.repeat(256)}`;
    await expect(transport.createFile(long, '', 0o600)).rejects.toMatchObject(fault('name_too_long'));
    if (server.user === process.env.USER) return;
    await transport.makeDirectories(`${at}/closed/in`);
    await chmod(`${at}/closed`, 0o500);
    await expect(transport.createFile(`${at}/closed/x`, '', 0o600)).rejects.toMatchObject(fault('denied'));
    await expect(transport.remove(`${at}/closed`)).rejects.toMatchObject(fault('denied'));
  });
});
