// A random OpenTok.js and a random line behind it: each part may fail, hang, come late, come twice, or report nonsense.

import { otError } from './scripted-ot.js';

/** @typedef {import('./random.js').Dice} Dice */
/** @typedef {import('./scripted-ot.js').Script} Script */
/** @typedef {import('./scripted-ot.js').Outcome} Outcome */
/** @typedef {(world: Omit<import('./world.js').World, 'nothingIsLeft'>) => void} Act */

const NAMES = [
  'OT_AUTHENTICATION_ERROR',
  'OT_CONNECT_FAILED',
  'OT_TIMEOUT',
  'OT_NOT_CONNECTED',
  'OT_USER_MEDIA_ACCESS_DENIED',
  'OT_HARDWARE_UNAVAILABLE',
  'X',
];
/** @type {any[]} */
const NONSENSE = [NaN, Infinity, -Infinity, -1, -7, 1e308, '7', {}, null, undefined, true];
const CANDIDATES = ['host', 'srflx', 'prflx', 'relay', undefined];

/** What a step comes to; success at once with this probability. @param {Dice} dice @returns {Outcome} */
function outcome(dice, success = 0.8) {
  if (dice.chance(success)) return undefined;
  const error = dice.chance(0.5) ? otError(dice.pick(NAMES)) : undefined;
  return dice.pick([
    'hang',
    otError(dice.pick(NAMES)),
    { afterMs: dice.below(45_000), error },
    { now: true, error },
    { error, again: { error: dice.chance(0.5) ? otError('X') : undefined } },
    { throws: otError('X') },
  ]);
}

/** A figure, now and then replaced by nonsense. @param {Dice} dice @param {unknown} value @param {number} nonsense */
function figure(dice, value, nonsense) {
  return dice.chance(nonsense) ? dice.pick(NONSENSE) : value;
}

/** A line: what each second brings, from clean to dead, with the readings that tell of it. @param {Dice} dice @returns {Pick<Script, 'stats' | 'report'>} */
function line(dice) {
  const nonsense = dice.pick([0, 0, 0.01, 0.2]);
  const failing = dice.pick([0, 0, 0, 0.1, 1]);
  const lossRatio = dice.pick([0, 0, 0.02, 0.5]);
  const outageFrom = dice.chance(0.2) ? dice.below(20) : Infinity;
  const hasAudio = dice.chance(0.9);
  const hasVideo = dice.chance(0.9);
  const isSilent = dice.chance(0.1);
  const totals = { audio: [0, 0, 0], video: [0, 0, 0] };
  /** @param {'audio' | 'video'} kind @param {number} packets @param {number} size */
  const grow = (kind, packets, size) => {
    const lost = Math.round(packets * lossRatio);
    totals[kind][0] += (packets - lost) * size;
    totals[kind][1] += packets - lost;
    totals[kind][2] += lost;
  };
  /** @param {'audio' | 'video'} kind */
  const track = (kind) => ({
    bytesReceived: figure(dice, totals[kind][0], nonsense),
    packetsReceived: figure(dice, totals[kind][1], nonsense),
    packetsLost: figure(dice, totals[kind][2], nonsense),
    frameRate: kind === 'video' ? figure(dice, dice.below(31), nonsense) : undefined,
  });
  /** @param {number} tick @param {boolean} audioOnly @returns {any} */
  function stats(tick, audioOnly) {
    if (dice.chance(failing)) return dice.pick([otError('X'), 'hang', undefined, { throws: otError('X') }]);
    if (tick < outageFrom) {
      if (!isSilent) grow('audio', 50, 80);
      grow('video', dice.below(200), 1000);
    }
    return {
      timestamp: figure(dice, 1_000_000 + tick * 1000 + dice.below(50), nonsense),
      audio: hasAudio ? track('audio') : dice.pick([null, undefined]),
      video: hasVideo && !audioOnly ? track('video') : undefined,
      afterMs: dice.chance(0.02) ? dice.below(20_000) : undefined,
    };
  }
  /** @param {'audio' | 'video'} kind @param {number} tick @param {number} rate */
  const outbound = (kind, tick, rate) => ({
    type: 'outbound-rtp',
    kind,
    bytesSent: figure(dice, tick * rate, nonsense),
    qualityLimitationReason: figure(dice, dice.pick(['none', 'cpu', 'bandwidth']), nonsense),
  });
  /** @param {number} tick @returns {any} */
  function report(tick) {
    if (dice.chance(failing)) return dice.pick(['hang', otError('X'), []]);
    return [
      outbound('audio', tick, isSilent ? 0 : 4000),
      ...Array.from({ length: dice.pick([1, 1, 3]) }, () => outbound('video', tick, 100_000)),
      {
        type: 'remote-inbound-rtp',
        kind: 'audio',
        roundTripTime: figure(dice, dice.next(), nonsense),
        jitter: figure(dice, dice.next() / 100, nonsense),
      },
      {
        type: 'candidate-pair',
        nominated: true,
        localCandidateId: 'l',
        remoteCandidateId: dice.pick(['r', 'r', undefined]),
        currentRoundTripTime: figure(dice, dice.next(), nonsense),
        availableOutgoingBitrate: figure(dice, dice.below(6_000_000), nonsense),
      },
      { type: 'local-candidate', id: 'l', candidateType: dice.pick(CANDIDATES), protocol: dice.pick(['udp', 'tcp']) },
      { type: 'remote-candidate', id: 'r', candidateType: dice.pick(CANDIDATES), protocol: 'udp' },
    ];
  }
  return { stats, report };
}

/** @param {Dice} dice @returns {Script} */
export function randomScript(dice) {
  const kinds = dice.chance(0.8)
    ? ['audioInput', { kind: 'videoInput', deviceId: 'a' }, { kind: 'videoInput', deviceId: 'b' }]
    : dice.pick([['audioInput'], ['videoInput'], ['audioInput', 'audioOutput'], []]);
  const events = ['subscriber destroyed', 'publisher destroyed', 'sessionDisconnected'];
  return {
    connect: outcome(dice, 0.9),
    devices: outcome(dice, 0.95),
    publisher: outcome(dice, 0.9),
    publish: outcome(dice, 0.9),
    subscribe: outcome(dice, 0.9),
    stream: dice.chance(0.9) ? undefined : dice.pick(['none', { afterMs: dice.below(15_000) }]),
    subscriber: dice.chance(0.98) ? undefined : 'none',
    noPublisher: dice.chance(0.02),
    untold: dice.chance(0.1),
    reportStyle: dice.chance(0.1) ? 'callback' : undefined,
    kinds,
    silent: events.filter(() => dice.chance(0.05)),
    throwing: ['unsubscribe', 'destroy', 'disconnect'].filter(() => dice.chance(0.03)),
    slow: Object.fromEntries(events.filter(() => dice.chance(0.1)).map((name) => [name, dice.below(5000)])),
    ...line(dice),
  };
}

/** @param {Dice} dice @returns {import('../../src/options.js').NetworkTestOptions} */
export function randomOptions(dice) {
  return {
    audioOnly: dice.chance(0.2),
    // Mostly short ones, which are as many scenarios in half the time.
    timeout: dice.pick([6000, 6000, 6000, 6000, 12_000, undefined, 20]),
    fullHd: dice.chance(0.05),
    scoring: dice.pick([undefined, 'classic', 'bandwidth']),
    scalableVideo: dice.chance(0.2),
    audioSource: dice.pick([undefined, undefined, 'default', 'gone']),
    videoSource: dice.pick([undefined, undefined, undefined, 'a', 'gone', null]),
  };
}

/** What happens to the test from outside, and when. @param {Dice} dice @returns {Array<[number, Act]>} */
export function randomActs(dice) {
  /** @type {Act[]} */
  const acts = [
    ({ networkTest }) => networkTest.stop(),
    ({ log }) => log.sessions.at(-1)?.drop(dice.pick(['networkDisconnected', 'forceDisconnected'])),
    ({ log }) =>
      log.publishers.at(-1)?.emit('streamDestroyed', { reason: dice.pick(['mediaStopped', 'reset', undefined]) }),
    ({ log }) => log.publishers.at(-1)?.destroy(),
    ({ log }) => log.subscribers.at(-1)?.destroy(),
    ({ log }) => log.publishers.at(-1)?.tracks[0]?.end(),
    ({ clock }) => clock.throttle(clock.now, 60_000),
  ];
  return Array.from({ length: dice.pick([0, 0, 1, 1, 2]) }, () => [dice.below(40_000), dice.pick(acts)]);
}
