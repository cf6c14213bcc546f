// npm run test:browser: sets up, then the console in a real Chromium (CHROMIUM names another than Debian's).
// XF_SCREENSHOTS=<folder> also saves a picture of every page. Further arguments go to Jest.
import './setup/check-node.mjs';

void Promise.all([
  import('node:fs'),
  import('./setup/run-jest.mjs'),
  import('./setup/set-up.mjs'),
  import('./setup/setup-error.mjs'),
]).then(([fs, { runJest }, { main, setUp }, { SetupError }]) =>
  main(async () => {
    const chromium = process.env.CHROMIUM || '/usr/bin/chromium';
    if (!fs.existsSync(chromium)) {
      throw new SetupError(`there is no Chromium at ${chromium}`, 'apt-get install chromium, or set CHROMIUM=<path>');
    }
    await setUp();
    await runJest(['--selectProjects=browser', '--runInBand', ...process.argv.slice(2)]);
  }),
);
