// Whether a camera's picture is black.

/** Of 255. Covered cameras give some noise; a dark room gives more than this. */
const BLACK = 12;

/** Enough to see, and cheap. */
const WIDTH = 32;
const HEIGHT = 24;

const INTERVAL_MS = 500;

/**
 * Looks at a picture twice a second. `onBlack` is told whether it is black.
 * @param {HTMLVideoElement} video
 * @param {(isBlack: boolean) => void} onBlack
 * @returns {{stop: () => void}}
 */
export function watchPicture(video, onBlack) {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const timer = setInterval(() => {
    if (!context || video.readyState < video.HAVE_CURRENT_DATA) return;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    onBlack(isBlack(context.getImageData(0, 0, WIDTH, HEIGHT).data));
  }, INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}

/**
 * Whether no pixel is brighter than the noise of a covered camera.
 * @param {ArrayLike<number>} rgba
 */
export function isBlack(rgba) {
  for (let index = 0; index < rgba.length; index += 4) {
    if (Math.max(rgba[index], rgba[index + 1], rgba[index + 2]) > BLACK) return false;
  }
  return true;
}
