import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { python } from '@codemirror/legacy-modes/mode/python';
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

const languages = { python: StreamLanguage.define(python), lua: StreamLanguage.define(lua) };

/** Colours are the page's, so that they follow its theme. */
const colours = HighlightStyle.define(
  Object.entries({
    keyword: [tags.keyword, tags.operatorKeyword],
    string: [tags.string],
    number: [tags.number, tags.bool, tags.null],
    comment: [tags.comment],
    definition: [tags.definition(tags.variableName), tags.className],
  }).flatMap(([name, tag]) => tag.map((one) => ({ tag: one, color: `var(--code-${name})` }))),
);

const setMark = StateEffect.define<number | null>();

/** The line where the program ended. */
const mark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, state, changes }) {
    for (const effect of effects) {
      if (!effect.is(setMark)) continue;
      const line = effect.value;
      if (line === null || line > state.doc.lines) return Decoration.none;
      return Decoration.set(Decoration.line({ class: 'failed' }).range(state.doc.line(line).from));
    }
    return marks.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** An editor of programs: CodeMirror. Escape, then Tab, leaves it. */
export class Editor {
  readonly #view: EditorView;
  readonly #language = new Compartment();

  constructor(parent: HTMLElement, label: string, onChange: () => void) {
    this.#view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          lineNumbers(),
          highlightActiveLine(),
          drawSelection(),
          history(),
          indentOnInput(),
          bracketMatching(),
          indentUnit.of('    '),
          syntaxHighlighting(colours),
          mark,
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          this.#language.of(languages.python),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of(({ docChanged }) => {
            if (docChanged) onChange();
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  setText(text: string, language: keyof typeof languages): void {
    const view = this.#view;
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      effects: [this.#language.reconfigure(languages[language]), setMark.of(null)],
      selection: { anchor: 0 },
      scrollIntoView: true,
    });
  }

  setLanguage(language: keyof typeof languages): void {
    this.#view.dispatch({ effects: this.#language.reconfigure(languages[language]) });
  }

  /** Marks the line where the program ended; null takes the mark away. */
  mark(line: number | null): void {
    this.#view.dispatch({ effects: setMark.of(line) });
  }

  /** Selects a line and scrolls to it. */
  select(line: number): void {
    const view = this.#view;
    if (line < 1 || line > view.state.doc.lines) return;
    const { from, to } = view.state.doc.line(line);
    view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    view.focus();
  }
}
