import { type FrameRow, TracemallocError } from '@tracemalloc/core';
import type { Restorer } from '../../contract/index.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt } from '../host.ts';
import { givenLabels, label, leftAt } from '../stamps.ts';
import type { Compiler, Unit } from './compiler.ts';

/** The member of `Sk` by which compiled code finds the guest's stack. */
export const stackMember = '$tracemalloc';

/**
 * What compiled code begins with. Code that was compiled while an adapter was attached may be run
 * after it was detached: it writes to a stack that nobody reads then.
 */
const prologue = `var $TM=Sk.${stackMember}||{sp:0,paused:0,meter:null,loc:[],node:[],label:[],given:[],roots:[],parked:new Set()},$tl=$TM.loc,$tn=$TM.node,$tb=$TM.label,$tg=$TM.given,$tr=$TM.roots;`;

/** What must be found in emitted code, so that a Skulpt that emits other code is refused. */
const anchors = {
  loop: 'while(true){try{',
  rethrow: 'else { throw err; }}',
  end: '});',
  classStart: /^\(function [^(]*\(\$cell\)\{/,
  classEnd: '}).call(null, $cell)',
  wake: '$currLineNo=susp.$lineno;',
  save: 'susp.child=$child;',
};

/**
 * Makes the compiler emit code that keeps the guest's stack: functions push a frame when they are
 * entered and when they wake from a suspension, and pop it in a `finally`, so that a return, an
 * exception and a suspension are all alike.
 *
 * Arguments are bound before the frame is pushed: `*args` belongs to the caller's line, as in
 * CPython.
 */
export function emitFrames(
  Sk: Skulpt,
  compiler: Compiler,
  stack: GuestStack,
  restorer: Restorer,
): void {
  restorer.define(Sk, stackMember, { value: stack, configurable: true });
  restorer.replace(compiler, 'outputAllUnits', (original) => {
    return function (this: Compiler): string {
      const isOwn = stack.ownFiles.has(this.filename);
      for (const unit of this.allUnits) {
        if (isOwn) addPause(unit);
        else if (stack.hasFrames(this.filename)) addFrame(unit, firstRow(this, unit, stack));
      }
      return prologue + original.call(this);
    };
  });
  restorer.replace(compiler, 'outputSuspensionHelpers', (original) => {
    return function (this: Compiler, unit: Unit): string {
      const code = original.call(this, unit);
      if (!stack.hasFrames(this.filename)) return code;
      // The caller's frame must stand, with its line, before what it called goes on.
      const woken = insertAfter(
        code,
        anchors.wake,
        `var $t=++$TM.sp;$tn[$t]=0;$tl[$t]=susp.${leftAt};$tb[$t]=susp.${label};$tg[$t]=susp.${givenLabels};$tr[$t]=$saveSuspension;$TM.parked.delete(susp);`,
      );
      const parked = `if($child!==$TM.probe){susp.${leftAt}=$tl[$TM.sp];susp.${label}=$tb[$TM.sp];susp.${givenLabels}=$tg[$TM.sp];$TM.parked.add(susp);}`;
      return insertAfter(woken, anchors.save, parked);
    };
  });
}

function firstRow(compiler: Compiler, unit: Unit, stack: GuestStack): FrameRow {
  return stack.frameRow(compiler.filename, unit.firstlineno || 1, unit.$tmName ?? unit.name.v);
}

function addFrame(unit: Unit, first: number): void {
  const isClass = unit.ste.blockType === 'class';
  const isGenerator = unit.ste.generator === true;
  // $saveSuspension tells what the frame holds, so functions that never suspend need it, too.
  if (!isClass) unit.doesSuspend = true;
  const line = isGenerator ? `$gen.${leftAt}||${first}` : String(first);
  const given = isGenerator ? `$tg[$tsp]=$gen.${givenLabels};` : '';
  const labelled = isGenerator ? '$tg[$tsp]?$tg[$tsp].row:$tb[$tsp-1]' : '$tb[$tsp-1]';
  const roots = isClass ? '$loc' : '$saveSuspension';
  const enter = `$TM.sp=$tsp;$tn[$tsp]=0;$tl[$tsp]=${line};${given}$tb[$tsp]=${labelled};$tr[$tsp]=${roots};`;
  const keepLine = isGenerator
    ? `$gen.${leftAt}=$tl[$tsp];$gen.${givenLabels}=$tg[$tsp];$tg[$tsp]=null;`
    : '';
  const told = isClass ? `$TM.body=${JSON.stringify(unit.$tmName ?? unit.name.v)};` : '';
  const leave = `}finally{${keepLine}${told}$TM.sp=$tsp-1;$tr[$tsp]=null;if($TM.meter)$TM.makings.length=8*$tsp;}`;
  const open = 'var $tsp=$TM.sp+1;try{';
  if (isClass) {
    wrap(unit, open + enter, leave);
    return;
  }
  wrap(unit, open, leave);
  const loop = unit.switchCode.indexOf(anchors.loop);
  unit.switchCode = insertBefore(unit.switchCode, loop, `if($TM.sp!==$tsp){${enter}}`);
}

/** Code of the tracer's own: it has no frames, and what it allocates is not recorded. */
function addPause(unit: Unit): void {
  wrap(unit, '$TM.paused++;try{', '}finally{$TM.paused--;}');
}

/** Puts code around the body of a scope's function. */
function wrap(unit: Unit, open: string, leave: string): void {
  if (unit.ste.blockType === 'class') {
    const start = anchors.classStart.exec(unit.switchCode)?.[0];
    unit.switchCode = insertAfter(unit.switchCode, start, open);
    unit.suffixCode = insertBefore(
      unit.suffixCode,
      unit.suffixCode.indexOf(anchors.classEnd),
      leave,
    );
    return;
  }
  unit.prefixCode += open;
  const rethrow = unit.suffixCode.indexOf(anchors.rethrow);
  const end = rethrow < 0 ? -1 : unit.suffixCode.indexOf(anchors.end, rethrow);
  unit.suffixCode = insertBefore(unit.suffixCode, end, leave);
}

function insertAfter(code: string, anchor: string | undefined, text: string): string {
  const at = anchor === undefined ? -1 : code.indexOf(anchor);
  return insertBefore(code, at < 0 ? -1 : at + anchor!.length, text);
}

function insertBefore(code: string, at: number, text: string): string {
  if (at >= 0) return code.slice(0, at) + text + code.slice(at);
  throw new TracemallocError('unsupported-host', 'Skulpt compiles to code that is not known');
}
