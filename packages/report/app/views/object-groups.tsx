import type { HeapGraph } from '@tracemalloc/core/graph';
import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ReportModel } from '../model.ts';
import { type GroupKind, holdingOf, type ObjectGroups } from '../rows/objects.ts';
import { formatFigure, middle, visible } from '../text.ts';
import { Grid, type GridColumn, type GridRow } from './grid.tsx';
import { bornAt, objectType } from './object-text.ts';
import { Bar, Name, Twisty } from './parts.tsx';

type RowFigures = { readonly own: number; readonly retained: number };

/** Objects of a group that are listed. */
const maxMembers = 500;

/** A group, an object in it (its place among them), or how many there are more: `member` −1, −2. */
type Shown = { readonly group: number; readonly member: number; readonly object: number };

type GroupGridProps = {
  readonly graph: HeapGraph;
  readonly model: ReportModel;
  readonly kind: GroupKind;
  readonly groups: ObjectGroups;
  readonly pick: (object: number) => void;
};

/** Groups of objects, each of which opens to its objects. */
export function ObjectGroupGrid({ graph, kind, groups, pick, model }: GroupGridProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState(0);
  const shown = useMemo(() => shownRows(groups, open), [groups, open]);
  const toggle = (group: number): void => {
    const next = new Set(open);
    if (!next.delete(groups.names[group]!)) next.add(groups.names[group]!);
    setOpen(next);
  };
  const go = (index: number): void => {
    setCurrent(index);
    const { group, object } = shown[index]!;
    pick(object >= 0 ? object : groups.members(group)[0]!);
  };
  const openRow = (index: number): void => {
    const { group, member } = shown[index]!;
    if (member === -1) toggle(group);
    else go(index);
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLElement>, index: number): boolean => {
    const { group, member } = shown[index]!;
    const isOpen = open.has(groups.names[group]!);
    if (event.key === 'ArrowRight' && member === -1) {
      isOpen ? go(index + 1) : toggle(group);
    } else if (event.key === 'ArrowLeft') {
      if (member === -1) {
        if (isOpen) toggle(group);
      } else go(shown.findIndex((row) => row.group === group));
    } else if (event.key === 'Enter' || event.key === ' ') openRow(index);
    else return false;
    return true;
  };
  const figures = (index: number): RowFigures => {
    const { group, member, object } = shown[index]!;
    return member === -1
      ? { own: groups.size[group]!, retained: groups.retained(group) }
      : { own: graph.sizeOf(object), retained: graph.retainedOf(object) };
  };
  const label = ({ group, member, object }: Shown) => {
    if (member !== -1) {
      const more = formatFigure(groups.count[group]! - maxMembers, 'blocks');
      return (
        <span class="tree-label object-member">
          {member === -2 ? (
            <i>{more} more that hold less</i>
          ) : (
            <Member graph={graph} model={model} kind={kind} object={object} />
          )}
        </span>
      );
    }
    return (
      <span class="tree-label">
        <Twisty isOpen={open.has(groups.names[group]!)} onToggle={() => toggle(group)} />
        <Name text={visible(groups.names[group]!) || unknown[kind]} />
      </span>
    );
  };
  const cell = (index: number, column: string) => {
    const row = shown[index]!;
    if (column === 'label') return label(row);
    if (row.member === -2) return null;
    if (column === 'count') {
      return row.member === -1 ? formatFigure(groups.count[row.group]!, 'blocks') : '';
    }
    const { own, retained } = figures(index);
    if (column === 'bar') return <Bar part={retained} whole={groups.whole.size} />;
    return formatFigure(column === 'own' ? own : retained, 'bytes');
  };
  return (
    <Grid
      label={`Objects by ${titles[kind].toLowerCase()}`}
      isTree
      columns={columnsOf(kind)}
      length={shown.length}
      row={(index) => rowOf(shown[index]!, groups, open)}
      cell={cell}
      current={current}
      onCurrent={go}
      onKey={onKey}
      onOpen={openRow}
    />
  );
}

function columnsOf(kind: GroupKind): GridColumn[] {
  return [
    { id: 'label', label: titles[kind], numeric: false },
    { id: 'count', label: 'Objects', numeric: true, width: 80 },
    { id: 'own', label: 'Own', numeric: true, width: 88, title: 'bytes of the objects themselves' },
    {
      id: 'retained',
      label: 'Retained',
      numeric: true,
      width: 88,
      title: 'bytes that would be free without them; two rows may hold the same object',
    },
    { id: 'bar', label: 'Share', numeric: false, width: 84 },
  ];
}

const titles: Readonly<Record<GroupKind, string>> = {
  type: 'Type',
  line: 'Born at',
  holder: 'Held by',
  root: 'Root',
};

const unknown: Readonly<Record<GroupKind, string>> = {
  type: '<unknown type>',
  line: '<nobody saw it>',
  holder: '<nobody>',
  root: '<nobody>',
};

type MemberProps = Pick<GroupGridProps, 'graph' | 'model' | 'kind'> & { readonly object: number };

/** What the group does not say of an object already. */
function Member({ graph, model, kind, object }: MemberProps) {
  const type = kind === 'type' ? '' : `${objectType(graph, object)} `;
  const place = kind === 'line' ? '' : (bornAt(model, graph, object)?.place ?? '');
  const text = type + visible(holdingOf(graph, object, true));
  return (
    <>
      <bdi class="object-text" title={text}>
        {middle(text, 80)}
      </bdi>
      {place !== '' && (
        <span class="hint">
          <Name text={place} />
        </span>
      )}
    </>
  );
}

function shownRows(groups: ObjectGroups, open: ReadonlySet<string>): Shown[] {
  const rows: Shown[] = [];
  for (let group = 0; group < groups.length; group++) {
    rows.push({ group, member: -1, object: -1 });
    if (!open.has(groups.names[group]!)) continue;
    const members = groups.members(group);
    for (const [member, object] of members.subarray(0, maxMembers).entries()) {
      rows.push({ group, member, object });
    }
    if (members.length > maxMembers) rows.push({ group, member: -2, object: members[maxMembers]! });
  }
  return rows;
}

function rowOf({ group, member }: Shown, groups: ObjectGroups, open: ReadonlySet<string>): GridRow {
  const name = groups.names[group]!;
  if (member !== -1) return { key: `${member} ${name}`, level: 2 };
  return {
    key: `g ${name}`,
    level: 1,
    position: group + 1,
    siblings: groups.length,
    expanded: open.has(name),
  };
}
