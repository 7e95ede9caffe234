/**
 * A copy without the properties that are undefined.
 * @template {object} T
 * @param {T} object
 * @returns {T}
 */
export function defined(object) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}
