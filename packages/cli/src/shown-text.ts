/**
 * A message as a terminal may show it. Names in it may come from a file of somebody else, and must
 * not write to the terminal by themselves: all but line breaks and tabs is escaped.
 */
export async function shownText(message: string): Promise<string> {
  if (/^[\n\t\x20-\x7e]*$/.test(message)) return message;
  // Only now: most messages have nothing to escape, and loading it takes as long as a short command.
  const { escapeControls } = await import('@tracemalloc/report');
  return message.replace(/[^\n\t]+/g, escapeControls);
}
