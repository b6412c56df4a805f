"""What a page looks like as rectangles: what lies over what, what is cut off, what sticks out at the side."""

from playwright.sync_api import Page

#: text is measured by its own rectangles, so that a cell that is too small for it is found
MEASURE = """() => {
  document.querySelectorAll('.unseen').forEach((e) => { e.style.display = 'none'; });
  const faults = [], seen = (e) => e.checkVisibility?.({checkVisibilityCSS: true}) && e.getClientRects().length;
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} «${(e.textContent ?? '').trim().slice(0, 40)}»`;
  // one line of a row may be cut off where its title says all of it
  const plain = (said) => (said ?? '').replace(/\\s+/g, ' ').trim();
  const told = (e) => { const title = plain(e.closest('td[title], .who-what[title]')?.title); return title && plain(e.textContent).split(' ').every((word) => title.includes(word)); };
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`scrolls sideways by ${wide}px`);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5;
  const apart = (list, what) => {
    const boxes = list.filter(seen).map((e) => [e, e.getBoundingClientRect()]);
    for (let i = 1; i < boxes.length; i++) if (over(boxes[i - 1][1], boxes[i][1])) faults.push(`${what}: ${name(boxes[i - 1][0])} lies over ${name(boxes[i][0])}`);
  };
  apart([...document.body.children].filter((e) => !['SCRIPT', 'DIALOG'].includes(e.tagName) && getComputedStyle(e).position !== 'absolute'), 'page');
  apart([...document.querySelectorAll('main > *, main section')].filter((e) => !e.querySelector('section') && !e.closest('.beside, .inbox, .flash')), 'sections');
  const foot = document.querySelector('.foot')?.getBoundingClientRect();
  for (const table of document.querySelectorAll('main table')) {
    if (!seen(table)) continue;
    apart([...table.rows], 'rows');
    for (const row of table.rows) {
      if (!seen(row)) continue;
      apart([...row.cells], 'cells');
      if (foot && over(row.getBoundingClientRect(), foot)) faults.push(`the footer lies over ${name(row)}`);
      for (const cell of row.cells) {
        if (!seen(cell) || !cell.textContent.trim() || cell.querySelector('svg')) continue;
        const box = cell.getBoundingClientRect(), texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let each = texts.nextNode(); each; each = texts.nextNode()) {
          if (!seen(each.parentElement) || told(each.parentElement)) continue;
          const range = document.createRange();
          range.selectNodeContents(each);
          const out = [...range.getClientRects()].some((said) => said.width > 2 && said.height > 2 &&
            (said.right > box.right + 1.5 || said.left < box.left - 1.5 || said.bottom > box.bottom + 1.5));
          if (out) { faults.push(`sticks out of its cell: ${name(cell)}`); break; }
        }
      }
    }
  }
  for (const e of document.querySelectorAll('main *, .top *, .foot')) {
    if (!seen(e) || e.matches('.unseen, .unseen *, svg, svg *, input, textarea, select, option, #canvas, #canvas *, time, th')) continue;
    const style = getComputedStyle(e);
    if (['hidden', 'clip'].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && !told(e)) faults.push(`cut off: ${name(e)}`);
  }
  // a mark and a colour alone tell nothing to whoever does not see them
  for (const e of document.querySelectorAll('.due .said')) if (!seen(e) && seen(e.closest('tr, p, dd') ?? document.body)) faults.push(`not in words: ${name(e.closest('.due'))}`);
  return [...new Set(faults)].slice(0, 6);
}"""  # noqa: E501

SIZES = (390, 768, 1366)
#: A4 within its margins, at 96 dots an inch: 180 mm upright, 273 mm lying, as boards are printed
UPRIGHT, LYING = 680, 1032


def faults_of_layout(page: Page, sizes: tuple[int, ...] = SIZES) -> list[str]:
    """What is wrong with this page at those widths and on paper, in words; nothing when it holds."""
    found = []
    before = page.viewport_size
    for width in sizes:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}px: {fault}" for fault in page.evaluate(MEASURE)]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": LYING if page.locator(".board").count() else UPRIGHT, "height": 1000})
    found += [f"print: {fault}" for fault in page.evaluate(MEASURE)]
    page.emulate_media(media="screen")
    if before:
        page.set_viewport_size(before)
    return found
