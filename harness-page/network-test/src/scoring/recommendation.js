// Which resolution to publish. Pure.

/**
 * From this received bit/s on, and up to this loss; the first row that fits. Rows four to six have lower bars than those before
 * them, so that loss can raise the advice: a quirk of the published table that is kept.
 */
const CLASSIC = /** @type {const} */ ([
  [1_000_000, 0.005, '1280x720'],
  [600_000, 0.005, '640x480'],
  [300_000, 0.005, '320x240'],
  [350_000, 0.03, '1280x720'],
  [250_000, 0.03, '640x480'],
  [150_000, 0.03, '320x240'],
]);

/** Width, height, and the bit/s it takes alone and as the top of a simulcast. */
const LADDER = /** @type {const} */ ([
  [1920, 1080, 4_000_000, 5_550_000],
  [1280, 720, 2_500_000, 3_150_000],
  [960, 540, 1_200_000, 1_550_000],
  [640, 360, 500_000, 650_000],
  [480, 270, 300_000, 350_000],
  [320, 180, 150_000, 150_000],
]);

/** How much of a rung's rate must be there. */
const LADDER_SHARE = 0.75;

/**
 * @param {number} bitsPerSecond Received.
 * @param {number} lossRatio
 * @returns {string | undefined}
 */
export function classic(bitsPerSecond, lossRatio) {
  return CLASSIC.find(([rate, loss]) => bitsPerSecond >= rate && lossRatio <= loss)?.[2];
}

/**
 * The highest rung that fits into what is available and has no more pixels than what was received.
 * @param {number} available In bit/s.
 * @param {boolean} isSimulcast
 * @param {number} pixels
 * @returns {string | undefined}
 */
export function byBandwidth(available, isSimulcast, pixels) {
  const rung = LADDER.find(([width, height, single, simulcast]) => {
    const wanted = isSimulcast ? simulcast : single;
    return available >= wanted * LADDER_SHARE && width * height <= pixels;
  });
  return rung && `${rung[0]}x${rung[1]}`;
}
