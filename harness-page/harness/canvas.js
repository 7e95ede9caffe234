// Moving pictures without a camera.

const WIDTH = 640;
const HEIGHT = 480;
const FRAME_RATE = 30;

/** A video track of a canvas on which the time is drawn, over stripes that move. @returns {MediaStreamTrack | undefined} */
export const clockTrack = () => clock(FRAME_RATE).captureStream(FRAME_RATE).getVideoTracks()[0];

/** How often the picture of a page that is shared changes, in times a second. */
const PAGE_RATE = 10;

/** Shows such a canvas in the page: a page that never changes has no new frame to share. */
export const showClock = () => document.body.append(clock(PAGE_RATE));

/** A canvas that changes so often. @param {number} frameRate */
function clock(frameRate) {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d');
  const draw = () => {
    if (!context) return;
    const now = performance.now();
    for (let x = 0; x < WIDTH; x += 20) {
      context.fillStyle = `hsl(${(x + now / 10) % 360} 70% 50%)`;
      context.fillRect(x, 0, 20, HEIGHT);
    }
    context.fillStyle = 'black';
    context.font = '80px monospace';
    context.fillText((now / 1000).toFixed(2), 60, HEIGHT / 2);
  };
  setInterval(draw, 1000 / frameRate);
  draw();
  return canvas;
}
