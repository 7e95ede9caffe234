(() => {
  const $ = (id) => document.getElementById(id);
  const list = $('cases');
  const cases = [...list.querySelectorAll('details.case')];
  const cells = (one) => one.firstElementChild.children;
  const texts = new Map(cases.map((one) => [one, one.firstElementChild.textContent.toLowerCase()]));
  const boxes = [...$('outcomes').querySelectorAll('input')];

  // Every word has to be somewhere in a row; an outcome that is not ticked hides its rows.
  const filter = () => {
    const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    let shown = 0;
    for (const one of cases) {
      const outcome = cells(one)[1].firstElementChild.textContent;
      const fits = !hidden.has(outcome) && words.every((word) => texts.get(one).includes(word));
      one.hidden = !fits;
      shown += fits;
    }
    $('shown').textContent = shown === cases.length ? '' : `${shown} of ${cases.length}`;
  };

  // What a cell sorts by: its number in its smallest unit, else its text; what was not measured comes last.
  const key = (one, column) => {
    const text = cells(one)[column].textContent.trim();
    const number = parseFloat(text);
    if (text === '–') return [2, 0];
    if (column === 0 || Number.isNaN(number)) return [1, text];
    return [0, number * (text.includes('Mbit') ? 1000 : 1)];
  };
  const compare = (a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
  const collator = new Intl.Collator('en', { numeric: true });
  const sort = (head, column) => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of $('head').children) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const keyed = cases.map((one) => [key(one, column), one]);
    keyed.sort(([a], [b]) => {
      const order = a[0] === 1 && b[0] === 1 ? collator.compare(a[1], b[1]) : compare(a, b);
      return down && a[0] !== 2 && b[0] !== 2 ? -order : order;
    });
    list.append(...keyed.map(([, one]) => one));
  };

  [...$('head').children].forEach((head, column) => {
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
    shown.forEach((one) => { one.open = open; });
  });

  // A link to a case opens it, whether or not it is filtered away.
  const reveal = () => {
    const target = /^#case-\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (target) {
      target.parentElement.hidden = false;
      target.parentElement.open = true;
      target.parentElement.scrollIntoView();
    }
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
