// npm test: sets up, then Jest's three projects. Further arguments go to Jest: npm test -- libs/stats
import './setup/check-node.mjs';

Promise.all([
  import('node:child_process'),
  import('node:events'),
  import('./setup/project.mjs'),
  import('./setup/set-up.mjs'),
  import('./setup/test-needs.mjs'),
]).then(([{ spawn }, { once }, { inRoot, root }, { main, setUp }, { leftOut }]) =>
  main(async () => {
    await setUp();
    const notes = leftOut().map(
      ({ specs, missing, remedy }) => `left out for want of ${missing.join(', ')}: ${specs} → ${remedy}`,
    );
    if (!process.env.QUEUE_URL?.startsWith('redis')) {
      notes.push('left out for want of Redis: the second queue backend → QUEUE_URL=redis://127.0.0.1:6379 npm test');
    }
    const child = spawn(
      process.execPath,
      [inRoot('node_modules', 'jest', 'bin', 'jest.js'), '--maxWorkers=2', ...process.argv.slice(2)],
      {
        cwd: root,
        stdio: 'inherit',
        env: {
          ...process.env,
          NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`,
        },
      },
    );
    // Ctrl-C reaches Jest as well (same terminal group): wait for it to clean up instead of dying first.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    const [code, signal] = await once(child, 'exit');
    for (const note of notes) process.stderr.write(`${note}\n`);
    process.exitCode = signal ? 1 : code;
  }),
);
