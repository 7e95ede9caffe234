// Reads the number that each frame of precall's film carries, and takes samples of the picture. precall says where the
// number is, and compares. Judges nothing.

/**
 * Where a film shows the numbers of its frames, in pixels of the film: two rows of cells. The first cell of the upper row is
 * white and that of the lower row is black; the others are bits.
 * @typedef {object} Strip
 * @property {number} filmWidth
 * @property {number} filmHeight
 * @property {number} left
 * @property {number} top
 * @property {number} cellWidth
 * @property {number} cellHeight
 * @property {number} bits The number of bits in a row.
 * @property {number[]} codeWords The bits of each frame, the first bit the most significant.
 */

/**
 * A part of a presented frame: its luma as base64, row by row.
 * @typedef {object} Patch
 * @property {number} number The number of the frame.
 * @property {number} frameWidth
 * @property {number} frameHeight
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {string} luma
 */

/** The most bits that may be wrong. Two numbers differ in at least eight. */
const MAX_WRONG_BITS = 1;

/** White is at least so much brighter than black, of 255 levels; with less the strip is not there. */
const MIN_CONTRAST = 40;

/** The width of a patch in pixels of the film, and the largest share of the film. */
const PATCH_WIDTH = 96;
const MAX_PATCH_SHARE = 1 / 4;

/** The places that patches are taken from, one after another, as shares of the film. */
const PATCH_PLACES = [
  [0.2, 0.4],
  [0.6, 0.7],
  [0.6, 0.4],
  [0.2, 0.7],
];

const even = (/** @type {number} */ value) => Math.floor(value / 2) * 2;

/**
 * Where a frame shows the film: browsers scale it, and cut what the proportions of the frame leave no room for.
 * @param {Strip} strip @param {number} width @param {number} height
 */
function mapping({ filmWidth, filmHeight }, width, height) {
  const scale = Math.max(width / filmWidth, height / filmHeight);
  const [cutX, cutY] = [(filmWidth * scale - width) / 2, (filmHeight * scale - height) / 2];
  return { scale, x: (/** @type {number} */ x) => x * scale - cutX, y: (/** @type {number} */ y) => y * scale - cutY };
}

/**
 * Reads frames of a film. One frame after another: its functions share a buffer.
 * @param {Strip} strip
 */
export function filmReader(strip) {
  let buffer = new Uint8Array(0);
  let patches = 0;

  /**
   * Copies the luma of a part of a frame. Undefined where the browser keeps frames in a format of its own.
   * @param {VideoFrame} frame @param {{ x: number, y: number, width: number, height: number }} rect
   */
  async function luma(frame, rect) {
    // All of these begin with a plane of luma.
    if (!/^(I4|NV12)/.test(frame.format ?? '')) return undefined;
    const size = frame.allocationSize({ rect });
    const copy = size > buffer.length ? (buffer = new Uint8Array(size)) : buffer;
    const [plane] = await frame.copyTo(copy, { rect });
    return { at: (/** @type {number} */ x, /** @type {number} */ y) => copy[plane.offset + y * plane.stride + x] };
  }

  /** The number of a frame; undefined if it cannot be read. @param {VideoFrame} frame */
  async function numberOf(frame) {
    const { width, height } = size(frame);
    const map = mapping(strip, width, height);
    const { left, top, cellWidth, cellHeight, bits } = strip;
    const [x, y] = [Math.max(0, even(map.x(left))), Math.max(0, even(map.y(top)))];
    const right = Math.min(width, even(map.x(left + (bits + 1) * cellWidth)) + 2);
    const bottom = Math.min(height, even(map.y(top + 2 * cellHeight)) + 2);
    if (right - x < bits || bottom - y < 2) return undefined;
    const plane = await luma(frame, { x, y, width: even(right - x), height: even(bottom - y) });
    if (!plane) return undefined;
    // The mean of the middle of a cell: its edges are blurred.
    const cell = (/** @type {number} */ column, /** @type {number} */ row) => {
      const from = { x: map.x(left + (column + 0.25) * cellWidth), y: map.y(top + (row + 0.25) * cellHeight) };
      const to = { x: map.x(left + (column + 0.75) * cellWidth), y: map.y(top + (row + 0.75) * cellHeight) };
      let [sum, count] = [0, 0];
      for (let line = Math.round(from.y); line < Math.max(to.y, from.y + 1); line += 1) {
        for (let place = Math.round(from.x); place < Math.max(to.x, from.x + 1); place += 1) {
          sum += plane.at(place - x, line - y);
          count += 1;
        }
      }
      return sum / count;
    };
    const [white, black] = [cell(0, 0), cell(0, 1)];
    if (!(white - black >= MIN_CONTRAST)) return undefined;
    let word = 0;
    for (let bit = 0; bit < 2 * bits; bit += 1) {
      const isWhite = cell(1 + (bit % bits), Math.floor(bit / bits)) > (white + black) / 2;
      word = word * 2 + Number(isWhite);
    }
    const number = strip.codeWords.findIndex((code) => ones(code ^ word) <= MAX_WRONG_BITS);
    return number < 0 ? undefined : number;
  }

  /** A part of a frame, from the next place. @param {VideoFrame} frame @param {number} number @returns {Promise<Patch | null>} */
  async function patchOf(frame, number) {
    const { width: frameWidth, height: frameHeight } = size(frame);
    const map = mapping(strip, frameWidth, frameHeight);
    const [left, top] = PATCH_PLACES[patches % PATCH_PLACES.length];
    const share = Math.min(PATCH_WIDTH / strip.filmWidth, MAX_PATCH_SHARE);
    patches += 1;
    const [x, y] = [even(map.x(left * strip.filmWidth)), even(map.y(top * strip.filmHeight))];
    const width = even(strip.filmWidth * share * map.scale);
    const height = even(strip.filmHeight * share * map.scale);
    const plane = await luma(frame, { x, y, width, height });
    if (!plane || width === 0 || height === 0) return null;
    let text = '';
    for (let line = 0; line < height; line += 1) {
      for (let place = 0; place < width; place += 1) text += String.fromCharCode(plane.at(place, line));
    }
    return { number, frameWidth, frameHeight, x, y, width, height, luma: btoa(text) };
  }

  return { numberOf, patchOf };
}

/** @param {VideoFrame} frame */
function size({ visibleRect, codedWidth, codedHeight }) {
  return { width: visibleRect?.width ?? codedWidth, height: visibleRect?.height ?? codedHeight };
}

/** How many bits of a number are 1. @param {number} value */
function ones(value) {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
