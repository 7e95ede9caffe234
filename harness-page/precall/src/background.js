// How long a page was in the background: browsers slow hidden pages down, and measure less.

/**
 * Counts from now on. `onChange` is told whether the page is hidden.
 * @param {(isHidden: boolean) => void} [onChange]
 * @returns {{seconds: () => number, stop: () => void}}
 */
export function watchBackground(onChange) {
  let total = 0;
  /** @type {number | undefined} */
  let since;
  const look = () => {
    const isHidden = document.visibilityState === 'hidden';
    if (isHidden && since === undefined) since = performance.now();
    if (!isHidden && since !== undefined) {
      total += performance.now() - since;
      since = undefined;
    }
    onChange?.(isHidden);
  };
  document.addEventListener('visibilitychange', look);
  look();
  return {
    seconds: () => Math.round((total + (since === undefined ? 0 : performance.now() - since)) / 1000),
    stop: () => document.removeEventListener('visibilitychange', look),
  };
}
