// npm run test:guest: sets up, then the executor vm with patched guests under QEMU. Further arguments go to Jest.
import './setup/check-node.mjs';

Promise.all([
  import('./setup/run-jest.mjs'),
  import('./setup/set-up.mjs'),
  import('./setup/setup-error.mjs'),
  import('./setup/test-needs.mjs'),
]).then(([{ runJest }, { main, setUp }, { SetupError }, { guestLacks }]) =>
  main(async () => {
    const { missing, remedy } = guestLacks();
    if (missing.length > 0) throw new SetupError(`the guests can't be booted: no ${missing.join(', no ')}`, remedy);
    await setUp();
    await runJest(['--selectProjects=guest', '--runInBand', ...process.argv.slice(2)]);
  }),
);
