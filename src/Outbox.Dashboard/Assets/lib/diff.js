// The difference of two texts by lines.

const most = 4_000_000; // cells of the table; beyond that, all lines count as changed

/** Lines in order: `{ sign: ' ' | '-' | '+', text, before, after }`, with the numbers of the lines. */
export function diff(before, after) {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }

  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) {
    end++;
  }

  const lines = [];
  const same = (i, j) => lines.push({ sign: ' ', text: a[i], before: i + 1, after: j + 1 });
  for (let i = 0; i < start; i++) {
    same(i, i);
  }

  for (const [sign, i, j] of edits(a.slice(start, a.length - end), b.slice(start, b.length - end))) {
    if (sign === ' ') {
      same(start + i, start + j);
    } else {
      lines.push(sign === '-' ? { sign, text: a[start + i], before: start + i + 1 } : { sign, text: b[start + j], after: start + j + 1 });
    }
  }

  for (let i = end; i > 0; i--) {
    same(a.length - i, b.length - i);
  }

  return lines;
}

/** Replaces unchanged lines that are far from a change by one `{ sign: '…', hidden }`. */
export function fold(lines, context = 3) {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - context), i + context + 1).some(line => line.sign !== ' '));
  const folded = [];
  lines.forEach((line, i) => {
    if (near[i]) {
      folded.push(line);
    } else if (folded.at(-1)?.sign === '…') {
      folded.at(-1).hidden++;
    } else {
      folded.push({ sign: '…', hidden: 1 });
    }
  });
  return folded;
}

/** The longest common subsequence, as steps `[sign, i, j]`. */
function* edits(a, b) {
  const width = b.length + 1;
  const isTooLarge = (a.length + 1) * width > most;
  const length = isTooLarge ? null : new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; length && i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] =
        a[i] === b[j] ? length[(i + 1) * width + j + 1] + 1 : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }

  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (length && i < a.length && j < b.length && a[i] === b[j]) {
      yield [' ', i++, j++];
    } else if (j >= b.length || (i < a.length && (!length || length[(i + 1) * width + j] >= length[i * width + j + 1]))) {
      yield ['-', i++, j];
    } else {
      yield ['+', i, j++];
    }
  }
}
