// The order of the screens, and what is held while they are shown.

import { keepAttempt } from './attempts.js';
import { Capture, CaptureError, hasMicrophone, rememberChoice, rememberedChoice } from './capture.js';
import { conclude } from './conclusion.js';
import { browserFamily, problems } from './environment.js';
import { LineTest, QUALITY_SECONDS } from './line-test.js';
import { Loopback } from './loopback.js';
import { devicesScreen } from './screens/devices.js';
import { failureScreen, offlineScreen } from './screens/failure.js';
import { devicesFailedScreen, permissionScreen } from './screens/permission.js';
import { resultScreen } from './screens/result.js';
import { runningScreen } from './screens/running.js';
import { startScreen, unsupportedScreen } from './screens/start.js';
import { watchScreen } from './screens/watch.js';
import { SetupError, changeNetwork, checked, loadOpenTok, requestSession } from './session.js';
import { kindOfError } from './verdict.js';

/** @typedef {import('./session.js').SessionAnswer} SessionAnswer */
/** @typedef {import('./report.js').Report} Report */

/**
 * How a page has the test.
 * @typedef {object} Options
 * @property {string} [endpoint] Gives a session for each test.
 * @property {SessionAnswer | (() => SessionAnswer | Promise<SessionAnswer>)} [credentials] In place of an endpoint.
 * @property {string} [sdkUrl] Where OpenTok.js is, where neither the page has it nor the endpoint says it.
 * @property {string} [networksUrl] Lists the networks that the endpoint can put in between.
 * @property {string} [collectUrl] Takes reports that people send.
 * @property {boolean} audioOnly
 * @property {boolean} transports Whether media is also tried through each relay.
 * @property {number} [seconds] How long quality is measured at most.
 */

/**
 * Who shows the screens.
 * @typedef {object} Host
 * @property {import('./texts.js').Texts} texts
 * @property {() => Options} options
 * @property {(name: string, screen: import('./screens/screen.js').Screen) => void} show
 * @property {(text: string) => void} announce
 * @property {(report: Report) => void} onReport
 * @property {(error: {what: string, message: string}) => void} onFailure
 */

export class Flow {
  #capture = new Capture();

  /** @type {LineTest | undefined} */
  #test;

  /** @type {Loopback | undefined} */
  #loopback;

  /** Counts the ways that were begun: what an earlier one still waits for is nobody's concern any more. */
  #way = 0;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
  }

  get #texts() {
    return this.host.texts;
  }

  /** Lets go of everything. Nothing is shown any more. */
  end() {
    this.#way += 1;
    this.#capture.release();
    this.#test?.stop();
    this.#test = undefined;
    this.#loopback?.stop();
    this.#loopback = undefined;
  }

  /** Shows the first screen. */
  begin() {
    this.end();
    const found = problems(/** @type {Window & typeof globalThis} */ (window));
    const blocking = found.filter(({ blocks }) => blocks);
    if (blocking.length > 0) {
      this.host.show('unsupported', unsupportedScreen(this.#texts, found));
      return;
    }
    const screen = startScreen(this.#texts, {
      problems: found,
      audioOnly: this.host.options().audioOnly,
      onStart: (audioOnly) => this.openDevices(audioOnly),
    });
    this.host.show('start', screen);
  }

  /**
   * Asks for the devices, and shows them.
   * @param {boolean} audioOnly
   * @param {import('./capture.js').Choice} [choice]
   */
  async openDevices(audioOnly, choice = rememberedChoice()) {
    this.end();
    const way = this.#way;
    this.host.show('permission', permissionScreen(this.#texts, audioOnly));
    try {
      const networks = this.#networks();
      const stream = await this.#capture.open({ audioOnly, choice });
      const listed = await networks;
      if (stream && way === this.#way) this.#showDevices(audioOnly, choice, stream, listed);
    } catch (error) {
      if (way !== this.#way) return;
      if (!(error instanceof CaptureError)) throw error;
      this.#showDevicesFailed(error.failure, audioOnly);
    }
  }

  /**
   * @param {boolean} audioOnly
   * @param {import('./capture.js').Choice} choice
   * @param {MediaStream} stream
   * @param {import('./screens/as-if.js').CatalogueNetwork[]} networks
   */
  #showDevices(audioOnly, choice, stream, networks) {
    const screen = devicesScreen(this.#texts, {
      stream,
      audioOnly,
      networks,
      announce: this.host.announce,
      onChoose: (chosen) => {
        rememberChoice(chosen);
        this.openDevices(audioOnly, chosen);
      },
      onWatch: (network) => this.#watch(choice, network),
      onTest: (found, asIf) => this.#testLine({ audioOnly, choice, found, asIf }),
    });
    this.host.show('devices', screen);
    const way = this.#way;
    for (const track of stream.getTracks()) {
      track.addEventListener('ended', () => {
        if (way === this.#way) this.#showDevicesFailed('lost', audioOnly);
      });
    }
  }

  /**
   * @param {import('./capture.js').CaptureFailure | 'lost'} failure
   * @param {boolean} audioOnly
   */
  async #showDevicesFailed(failure, audioOnly) {
    this.end();
    const way = this.#way;
    // The browser does not say which of two devices is missing.
    const isWithoutMicrophone = failure === 'missing' && (audioOnly || !(await hasMicrophone()));
    if (way !== this.#way) return;
    const isDenied = failure === 'denied' || failure === 'deniedBySystem';
    const remedy = {
      denied: `denied.${browserFamily(navigator.userAgent)}`,
      deniedBySystem: 'denied.system',
      missing: isWithoutMicrophone ? 'missing.microphone' : 'missing.camera',
      busy: 'busy.text',
      lost: 'lost.text',
    }[failure];
    const screen = devicesFailedScreen(this.#texts, {
      failure: isDenied ? 'denied' : failure,
      remedy,
      onAgain: () => this.openDevices(audioOnly),
      onAudioOnly: audioOnly || isWithoutMicrophone ? undefined : () => this.openDevices(true),
    });
    this.host.show(isDenied ? 'denied' : failure, screen);
  }

  /**
   * Shows the person's own picture on another network.
   * @param {import('./capture.js').Choice} choice
   * @param {import('./session.js').AsIf} network
   */
  async #watch(choice, network) {
    this.end();
    const way = this.#way;
    /** @type {SessionAnswer | undefined} */
    let session;
    const screen = watchScreen(this.#texts, {
      network,
      onChange: (changed) => session?.networkUrl && changeNetwork(session.networkUrl, changed),
      onBack: () => this.openDevices(false),
    });
    this.host.show('watch', screen);
    try {
      const options = this.host.options();
      session = await this.#session(options, network);
      const OT = await loadOpenTok(session.sdkUrl ?? options.sdkUrl, session.proxyUrl);
      if (way !== this.#way) return;
      this.#loopback = new Loopback({
        OT,
        session,
        audioSource: choice.microphone,
        videoSource: choice.camera,
        onPicture: screen.onPicture,
      });
      await this.#loopback.start();
    } catch (error) {
      if (way === this.#way) this.#showFailure(error, false);
    }
  }

  /**
   * @param {object} given
   * @param {boolean} given.audioOnly
   * @param {import('./capture.js').Choice} given.choice
   * @param {import('./screens/devices.js').Found} given.found
   * @param {import('./session.js').AsIf} [given.asIf]
   */
  async #testLine(given) {
    const { audioOnly, choice, asIf } = given;
    // OpenTok.js opens the devices anew.
    this.end();
    const way = this.#way;
    if (navigator.onLine === false) {
      this.host.show(
        'offline',
        offlineScreen(this.#texts, () => this.openDevices(audioOnly)),
      );
      return;
    }
    const options = this.host.options();
    const limitSeconds = options.seconds ?? QUALITY_SECONDS;
    const screen = runningScreen(this.#texts, {
      limitSeconds,
      audioOnly,
      announce: this.host.announce,
      // Before there is a session, nothing has been measured.
      onStop: () => (this.#test ? this.#test.stop() : this.openDevices(audioOnly)),
    });
    this.host.show('running', screen);
    try {
      const session = await this.#session(options, asIf);
      const OT = await loadOpenTok(session.sdkUrl ?? options.sdkUrl, session.proxyUrl);
      if (way !== this.#way) return;
      const test = new LineTest(
        {
          OT,
          session,
          audioOnly,
          compareTransports: options.transports && asIf === undefined,
          audioSource: choice.microphone,
          videoSource: choice.camera,
          seconds: limitSeconds,
        },
        screen,
      );
      this.#test = test;
      await test.run();
      if (way !== this.#way) return;
      this.#conclude(test, screen, given, String(OT.version ?? OT.properties?.version ?? ''));
    } catch (error) {
      if (way === this.#way) this.#showFailure(error, audioOnly);
    }
  }

  /**
   * @param {LineTest} test
   * @param {import('./screens/running.js').RunningScreen} screen
   * @param {{audioOnly: boolean, found: import('./screens/devices.js').Found, asIf?: import('./session.js').AsIf}} given
   * @param {string} sdk
   */
  #conclude(test, screen, { audioOnly, found, asIf }, sdk) {
    // A refused token or a camera in use says nothing of the line.
    const foreign = test.connectivity?.failedTests.find(({ error }) => kindOfError(error) !== 'line');
    if (foreign && !test.wasStopped) {
      this.#showFailure(foreign.error, audioOnly);
      return;
    }
    if (test.wasStopped && !test.quality) {
      this.openDevices(audioOnly);
      return;
    }
    const { seconds } = screen;
    const report = conclude(test, { audioOnly, found, asIf, seconds, hiddenSeconds: screen.hiddenSeconds(), sdk });
    const { at, verdict, quality } = report;
    keepAttempt({ at, grade: verdict.grade, sentence: verdict.sentence, bitrate: quality?.video.bitrate });
    const shown = resultScreen(this.#texts, {
      report,
      collectUrl: this.host.options().collectUrl,
      announce: this.host.announce,
      onAgain: () => this.openDevices(audioOnly),
    });
    this.host.show('result', shown);
    this.host.onReport(report);
  }

  /**
   * @param {any} error
   * @param {boolean} audioOnly
   */
  #showFailure(error, audioOnly) {
    const kind = error instanceof SetupError ? undefined : kindOfError(error);
    if (kind === 'denied' || kind === 'missing' || kind === 'busy' || kind === 'lost') {
      this.#showDevicesFailed(kind, audioOnly);
      return;
    }
    this.end();
    const what = error instanceof SetupError ? error.what : kind === 'credentials' ? 'credentials' : 'test';
    const message = String(error?.message ?? error);
    const onAgain = () => this.openDevices(audioOnly);
    this.host.show('failure', failureScreen(this.#texts, { what, message, onAgain }));
    this.host.onFailure({ what, message });
  }

  /**
   * @param {Options} options
   * @param {import('./session.js').AsIf | undefined} asIf
   * @returns {Promise<SessionAnswer>}
   */
  async #session({ endpoint, credentials }, asIf) {
    if (typeof credentials === 'function') return checked(await credentials());
    if (credentials) return checked(credentials);
    if (!endpoint) throw new SetupError('endpoint', 'the element has neither an endpoint nor credentials');
    return requestSession(endpoint, asIf);
  }

  /** The networks that the line can pretend to be; none where the server has none. */
  async #networks() {
    const { networksUrl } = this.host.options();
    if (!networksUrl) return [];
    try {
      const response = await fetch(networksUrl);
      const listed = response.ok ? await response.json() : [];
      return Array.isArray(listed) ? listed.filter(({ name }) => typeof name === 'string') : [];
    } catch {
      return [];
    }
  }
}
