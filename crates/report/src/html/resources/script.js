(() => {
  /** The element with this id, which the page has. @param {string} id */
  const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const search = /** @type {HTMLInputElement} */ ($('search'));
  const list = $('cases');
  const cases = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (list.querySelectorAll('details.case'))];
  /** The line of a case that is always shown. @param {Element} one */
  const row = (one) => /** @type {Element} */ (one.firstElementChild);
  /** @param {Element} one @param {number} column */
  const cell = (one, column) => row(one).children[column];
  const texts = new Map(cases.map((one) => [one, row(one).textContent.toLowerCase()]));
  const boxes = [...$('outcomes').querySelectorAll('input')];

  // Every word has to be somewhere in a row; an outcome that is not ticked hides its rows.
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    let shown = 0;
    for (const one of cases) {
      const outcome = cell(one, 1).firstElementChild?.textContent ?? '';
      const fits = !hidden.has(outcome) && words.every((word) => texts.get(one)?.includes(word));
      one.hidden = !fits;
      shown += Number(fits);
    }
    $('shown').textContent = shown === cases.length ? '' : `${shown} of ${cases.length}`;
  };

  /**
   * What a cell sorts by. Numbers come before texts, and what was not measured comes last.
   * @typedef {{ rank: 0 | 1 | 2, number: number, text: string }} Key `number` is in the smallest unit of the column.
   */

  /** @param {Element} one @param {number} column @returns {Key} */
  const key = (one, column) => {
    const text = cell(one, column).textContent.trim();
    const number = parseFloat(text);
    if (text === '–') return { rank: 2, number: 0, text };
    if (column === 0 || Number.isNaN(number)) return { rank: 1, number: 0, text };
    return { rank: 0, number: number * (text.includes('Mbit') ? 1000 : 1), text };
  };
  const collator = new Intl.Collator('en', { numeric: true });
  /** @param {Key} a @param {Key} b */
  const compare = (a, b) =>
    a.rank - b.rank || (a.rank === 1 ? collator.compare(a.text, b.text) : Math.sign(a.number - b.number));
  /** @param {Element} head @param {number} column */
  const sort = (head, column) => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of $('head').children) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const keyed = cases.map((one) => ({ one, key: key(one, column) }));
    keyed.sort(({ key: a }, { key: b }) => {
      const order = compare(a, b);
      return down && a.rank !== 2 && b.rank !== 2 ? -order : order;
    });
    list.append(...keyed.map(({ one }) => one));
  };

  const heads = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#head > *'));
  heads.forEach((head, column) => {
    head.tabIndex = 0;
    head.setAttribute('role', 'button');
    head.addEventListener('click', () => sort(head, column));
    head.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        sort(head, column);
      }
    });
  });
  $('head').dataset.sortable = '';
  $('tools').hidden = false;
  $('tools').addEventListener('submit', (event) => event.preventDefault());
  $('tools').addEventListener('input', filter);
  $('open').addEventListener('click', () => {
    const shown = cases.filter((one) => !one.hidden);
    const open = !shown.every((one) => one.open);
    shown.forEach((one) => {
      one.open = open;
    });
  });

  // A link to a case opens it, whether or not it is filtered away.
  const reveal = () => {
    const target = /^#case-\d+$/.test(location.hash) ? document.querySelector(location.hash) : null;
    const one = target?.parentElement;
    if (one instanceof HTMLDetailsElement) {
      one.hidden = false;
      one.open = true;
      one.scrollIntoView();
    }
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
