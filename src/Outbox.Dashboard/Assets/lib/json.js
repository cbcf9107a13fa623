// JSON whose numbers stay as they were written: a 64-bit id that is shown, edited around and sent again must not change.
// Numbers that JavaScript cannot hold become JSON.rawJSON, where the browser has it; JSON.stringify writes them as they were.

export const parse = text =>
  JSON.parse(text, (_, value, context) =>
    typeof value === 'number' && isLossy(value, context?.source) ? JSON.rawJSON(context.source) : value,
  );

const isLossy = (value, source) =>
  source !== undefined &&
  JSON.rawJSON !== undefined &&
  String(value) !== source &&
  source.replace(/^-?0*\.?0*|\.|[eE].*$/g, '').length > 15;

/** The text of a number that JavaScript cannot hold; null for everything else. */
export const rawNumber = value => (JSON.isRawJSON?.(value) ? value.rawJSON : null);
