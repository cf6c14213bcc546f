// npm run test:guest: sets up, then what runs in patched guests under QEMU. Further arguments go to Jest.
// Specs whose image is not built are left out and named, but not in CI.
import './setup/check-node.mjs';

void Promise.all([
  import('./setup/run-jest.mjs'),
  import('./setup/set-up.mjs'),
  import('./setup/setup-error.mjs'),
  import('./setup/test-needs.mjs'),
  import('../kernel/build/guest.mjs'),
]).then(([{ runJest }, { main, setUp }, { SetupError }, { guestsLeftOut, leftOutText }, { provideGuest }]) =>
  main(async () => {
    const out = guestsLeftOut();
    const [first] = out;
    const nothingRuns = first !== undefined && new RegExp(first.specs).test('any.guest.spec.ts');
    if (nothingRuns || (process.env.CI && first !== undefined)) {
      const missing = out.flatMap((one) => one.missing);
      const remedy = out.map((one) => one.remedy).join('; ');
      throw new SetupError(`the guests can't be booted: no ${missing.join(', no ')}`, remedy);
    }
    await setUp();
    // The guest's programs are this tree's; one built from an older tree fails far from the cause.
    await provideGuest();
    await runJest(['--selectProjects=guest', '--runInBand', ...process.argv.slice(2)]);
    for (const one of out) process.stderr.write(`${leftOutText(one)}\n`);
  }),
);
