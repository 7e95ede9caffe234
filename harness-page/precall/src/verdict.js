// What a test says of a line, a device and the test itself. Pure: from results to keys of texts.

/**
 * @typedef {'pass' | 'warn' | 'fail'} Grade
 * @typedef {{type: string, error: {name: string, message: string}}} FailedTest
 * @typedef {{success: boolean, failedTests: FailedTest[]}} Connectivity As the network test resolves with it.
 * @typedef {import('../../network-test/src/scoring/score.js').QualityTestResults} Quality
 */

/**
 * What happened on this side of the line.
 * @typedef {object} Circumstances
 * @property {boolean} audioOnly Whether no video was asked for.
 * @property {boolean} [silent] Whether the microphone gave no sound before the test.
 * @property {boolean} [black] Whether the camera gave a black picture before the test.
 * @property {number} [hiddenSeconds] How long the page was in the background during the test.
 * @property {boolean} [stopped] Whether the person stopped the test early.
 */

/**
 * A reason, with the figure that it is about.
 * @typedef {object} Reason
 * @property {string} key A text `reason.<key>`; where there is a remedy, also `tip.<key>`.
 * @property {number} [value] A share for `loss`, seconds for `delay`, `jitter` and `hidden`.
 */

/**
 * @typedef {object} Verdict
 * @property {Grade} grade
 * @property {string} sentence A text `sentence.<sentence>`.
 * @property {Reason[]} reasons The most important first.
 * @property {'line' | 'device'} [blame] What the reasons have in common; absent where they differ, or where there are none.
 * @property {{resolution: string, frameRate: number} | 'audio'} [advice] What to send in calls; absent where calls do not work.
 */

/** Our choice: the share at which the network test's classic table begins to advise for lossy lines. */
const NOTABLE_LOSS = 0.03;

/** ITU-T G.114: more than 150 ms each way begins to disturb a conversation; a round trip is twice that. In seconds. */
const NOTABLE_ROUND_TRIP = 0.3;

/** Our choice, of the jitter of RFC 3550. In seconds. */
const NOTABLE_JITTER = 0.03;

/** The smallest picture that a call with video is good with: 640x360. */
const GOOD_PIXELS = 640 * 360;

/** Reasons that lie in the device or its use; the others lie in the line. */
const OF_DEVICE = new Set(['cpu', 'hidden', 'silent', 'black']);

/** Reasons that calls do not suffer from. */
const HARMLESS = new Set(['logging', 'short']);

/** Connectivity failures that keep calls from working, in the order in which they happen. */
const BLOCKING = ['api', 'messaging', 'media'];

/**
 * Judges a test that ran.
 * @param {Connectivity} connectivity
 * @param {Quality | undefined} quality Undefined when connectivity failed.
 * @param {Circumstances} circumstances
 * @returns {Verdict}
 */
export function judge(connectivity, quality, circumstances) {
  const failed = new Set(connectivity.failedTests.map(({ type }) => type));
  const blocking = BLOCKING.find((type) => failed.has(type));
  if (blocking || !quality) {
    return concluded({ grade: 'fail', sentence: 'blocked', reasons: [{ key: blocking ?? 'media' }] });
  }
  const reasons = [...lineReasons(quality, circumstances), ...deviceReasons(quality, circumstances)];
  if (failed.has('logging')) reasons.push({ key: 'logging' });
  if (!quality.audio.supported) {
    const isSilent = circumstances.silent || quality.audio.reason === 'No microphone was found.';
    return isSilent
      ? concluded({ grade: 'fail', sentence: 'noSound', reasons: withFirst(reasons, 'silent') })
      : concluded({ grade: 'fail', sentence: 'tooSlow', reasons: withFirst(reasons, 'bandwidth') });
  }
  const isGood = reasons.every(({ key }) => HARMLESS.has(key));
  const grade = isGood ? 'pass' : 'warn';
  if (circumstances.audioOnly) return concluded({ grade, sentence: isGood ? 'goodAudio' : 'limited', reasons });
  const { supported, recommendedResolution, recommendedFrameRate } = quality.video;
  if (!supported || !recommendedResolution) {
    const first = circumstances.black ? 'black' : 'bandwidth';
    return concluded({ grade: 'warn', sentence: 'audioOnly', reasons: withFirst(reasons, first), advice: 'audio' });
  }
  const advice = { resolution: recommendedResolution, frameRate: recommendedFrameRate ?? 30 };
  return concluded({ grade, sentence: isGood ? 'good' : 'limited', reasons, advice });
}

/**
 * @param {Quality} quality
 * @param {Circumstances} circumstances
 * @returns {Reason[]}
 */
function lineReasons({ audio, video }, { audioOnly, black }) {
  /** @type {Reason[]} */
  const reasons = [];
  const loss = lossOf({ audio, video }) ?? 0;
  if (loss > NOTABLE_LOSS) reasons.push({ key: 'loss', value: loss });
  const isHeldByDevice = /** @type {any} */ (video).qualityLimitationReason === 'cpu' || black;
  const size = pixels(video.recommendedResolution);
  if (!audioOnly && !isHeldByDevice && size !== undefined && size < GOOD_PIXELS) reasons.push({ key: 'bandwidth' });
  const { roundTripTime, jitter } = audio;
  if (roundTripTime !== undefined && roundTripTime > NOTABLE_ROUND_TRIP) {
    reasons.push({ key: 'delay', value: roundTripTime });
  }
  if (jitter !== undefined && jitter > NOTABLE_JITTER) reasons.push({ key: 'jitter', value: jitter });
  if (routingOf(video.mediaRouting) === 'relayTcp') reasons.push({ key: 'relay' });
  return reasons;
}

/**
 * @param {Quality} quality
 * @param {Circumstances} circumstances
 * @returns {Reason[]}
 */
function deviceReasons({ video }, { hiddenSeconds = 0, silent, black, stopped }) {
  /** @type {Reason[]} */
  const reasons = [];
  if (/** @type {any} */ (video).qualityLimitationReason === 'cpu') reasons.push({ key: 'cpu' });
  if (hiddenSeconds >= 1) reasons.push({ key: 'hidden', value: hiddenSeconds });
  if (silent) reasons.push({ key: 'silent' });
  if (black) reasons.push({ key: 'black' });
  if (stopped) reasons.push({ key: 'short' });
  return reasons;
}

/**
 * The reasons with this one in front of all others.
 * @param {Reason[]} reasons
 * @param {string} key
 */
function withFirst(reasons, key) {
  const known = reasons.find((reason) => reason.key === key) ?? { key };
  return [known, ...reasons.filter((reason) => reason.key !== key)];
}

/**
 * Adds what the reasons have in common.
 * @param {Verdict} verdict
 * @returns {Verdict}
 */
function concluded(verdict) {
  const keys = verdict.reasons.map(({ key }) => key).filter((key) => !HARMLESS.has(key));
  if (keys.length === 0) return verdict;
  const ofDevice = keys.filter((key) => OF_DEVICE.has(key)).length;
  if (ofDevice === keys.length) return { ...verdict, blame: 'device' };
  return ofDevice === 0 ? { ...verdict, blame: 'line' } : verdict;
}

/**
 * The loss of the medium that lost more; undefined where neither is known.
 * @param {Pick<Quality, 'audio' | 'video'>} quality
 */
export function lossOf({ audio, video }) {
  const known = [audio.packetLossRatio, video.packetLossRatio].filter((share) => share !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** @param {string | null | undefined} resolution As in `640x480`. */
export function pixels(resolution) {
  const [width, height] = (resolution ?? '').split('x').map(Number);
  return width > 0 && height > 0 ? width * height : undefined;
}

/** The words for a mean opinion score of the network test, from the best. */
const WORDS = /** @type {const} */ ([
  [3.8, 'excellent'],
  [3.1, 'good'],
  [2.4, 'fair'],
  [1.7, 'poor'],
]);

/** @param {number} mos The key `word.<word>` of a mean opinion score. */
export function wordOf(mos) {
  return WORDS.find(([least]) => mos >= least)?.[1] ?? 'bad';
}

/** @param {string | undefined} routing The network test's `mediaRouting`; the key `routing.<key>` of it. */
export function routingOf(routing) {
  if (!routing || routing === 'Unknown') return 'unknown';
  if (!/TURN/.test(routing)) return 'direct';
  return /TLS/.test(routing) ? 'relayTcp' : 'relayUdp';
}

/**
 * What an error of the network test is about: the person's devices, the test and its credentials, or the line.
 * @param {{name?: string} | undefined} error
 * @returns {'denied' | 'missing' | 'busy' | 'lost' | 'credentials' | 'line' | 'test'}
 */
export function kindOfError(error) {
  return KINDS.get(error?.name ?? '') ?? 'test';
}

/** @type {Map<string, ReturnType<typeof kindOfError>>} */
const KINDS = new Map([
  ['PermissionDeniedError', 'denied'],
  ['NoAudioCaptureDevicesError', 'missing'],
  ['NoVideoCaptureDevicesError', 'missing'],
  ['FailedToObtainMediaDevices', 'missing'],
  ['FailedToCreateLocalPublisher', 'busy'],
  ['InitPublisherError', 'busy'],
  ['MediaDeviceError', 'lost'],
  ['ConnectToSessionTokenError', 'credentials'],
  ['ConnectToSessionSessionIdError', 'credentials'],
  ['IncompleteSessionCredentialsError', 'credentials'],
  ['ConnectToSessionNetworkError', 'line'],
  ['ConnectToSessionError', 'line'],
  ['APIConnectivityError', 'line'],
  ['PublishToSessionPermissionOrTimeoutError', 'line'],
  ['PublishToSessionNetworkError', 'line'],
  ['PublishToSessionError', 'line'],
  ['SubscribeToSessionError', 'line'],
  ['FailedMessagingServerTestError', 'line'],
  ['LoggingServerConnectionError', 'line'],
  ['SubscriberGetStatsError', 'line'],
]);
