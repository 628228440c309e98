import type { LabelRow } from '@tracemalloc/core';
import type { GuestLabels } from '../../contract/index.ts';
import type { FrameCell, GuestObject } from '../host.ts';

/**
 * What instrumented code calls. It lives in the interpreter's own realm at
 * `__BRYTHON__.$tracemalloc`, one an interpreter, and does nothing until an adapter is attached.
 */
export type Hooks = {
  /** Version of the instrumenter that wrote the calls. */
  readonly instrumenter: string;
  /** Kinds of edits that were made, with their number. */
  readonly sites: Readonly<Record<string, number>>;
  /** The attached tracer, or a stand-in that is off. */
  tracer: { readonly on: boolean };
  /** The stand-in. */
  readonly idle: { readonly on: boolean };
  /** Records one new guest object. Never throws. */
  track(object: GuestObject): void;
  /** Records one new list that shares the items of another one. Never throws. */
  trackCopy(object: GuestObject): void;
  /** A container has got an item, which a set tells: it has `used` now, or one more where that is negative. */
  grow(object: GuestObject, used: number, item?: unknown): void;
  /** The str, int or list of strs that a function of brython.js has made and not yet given to the guest. */
  fresh: unknown;
  /** The str that guest code was last seen to make: what `repr()` gives of its `__repr__` is that one. */
  last: string | null;
  /** A str was made. Never throws. */
  birth(text: string): void;
  /** A long str was made, and used up by its own expression. */
  passing(text: string): void;
  /** A float was computed, and used up by its own expression. */
  passingFloat(): void;
  /** An int was computed that CPython makes an object for. */
  number(value: number): void;
  /** An int beyond 2^53 was computed. Throws the guest's MemoryError. */
  bigint(value: bigint): void;
  /** A container was made of a range of its own. */
  filled(container: object): void;
  /** A str was made by adding to another one. */
  extension(left: string, text: string): void;
  /** A list of strs was split off another, with room for a dozen. */
  split(list: GuestObject): void;
  /** A list that was made empty has all its items, and room for no more. */
  sized(list: GuestObject): void;
  /** This new dict was made of another one. */
  copied(dict: GuestObject): void;
  /** An object whose class is not derived from `object` alone, or has slots, has got an attribute. */
  attribute(object: GuestObject): void;
  /** An exception has reached the running frame. */
  unwind(exception: object): void;
  /** What CPython makes beside an object that is made by a definition. Never throws. */
  charge(owner: object, charges: readonly Charge[]): void;
  /** A module has bound so many names of its own, the last one on `line`. Never throws. */
  name(line: number, names: number): void;
  /** A list that is being made by a comprehension has so many items. Throws the guest's MemoryError. */
  room(items: number): void;
  /** Guest objects that stand for the constants of compiled code, by number. */
  readonly constants: unknown[];
  /** A class body has ended: its frame no longer counts. */
  endBody(cell: FrameCell): void;
  /** How guest code labels what it allocates; `null` while no tracer is connected. */
  labels: HookedLabels | null;
};

/** Labels for the guest's modules, which are its own code and say who is running. */
export type HookedLabels = GuestLabels & {
  /** The label in the running function; `noLabel` where neither guest nor host have given one. */
  current(): LabelRow;
  /** The running function has the label to its end; a thread by name has its own where the guest gave none. */
  run(label: LabelRow, thread: string): void;
  /** A callback that the host calls later, with the label of whoever hands it over now. */
  bind(callback: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown;
};

/** A block of its own: line of the current frame, type, bytes. */
export type Charge = readonly [line: number, type: string, bytes: number];

/** What {@link Hooks.instrumenter} is where functions were wrapped instead. */
export const wrappingInstrumenter = 'wrapping';

/** The global variable that the instrumented brython.js knows the hooks by. */
export const hooksVariable = '$TM';

/** The member of `__BRYTHON__` that the code of guest programs knows the hooks by. */
export const hooksMember = '$tracemalloc';

/**
 * JavaScript that makes the hooks. A string, since it must run in the interpreter's realm and
 * inside brython.js: `object` and `stamped` are the hot paths and have to be inlined there.
 *
 * `pair` makes the tuples of an iterator whose items are `unpacked` at once: CPython makes one for all of them;
 * `rawDict`, `rawTuple` and `rawList` make objects that the guest never sees (argument parsing,
 * unpacking); `passedOp` does what `rich_op` does where the result is used up: a float is made without a token; `quietly` calls a function whose result another call of it uses up; `newBytes` makes what CPython computes each time and Brython when it compiles;
 * `ofParameters` makes a class in the frame that CPython evaluates its type parameters in,
 * `parameters` their tuple there, and `constructed` the class itself, whose name Brython finds in the frames that call it;
 * `callDecorator` puts the decorator's line on the frame while the decorator runs.
 */
export function hooksSource(instrumenter: string, sites: Readonly<Record<string, number>>): string {
  return `(function($B){
var nothing=function(){},idle=Object.freeze({on:false})
var h={instrumenter:${JSON.stringify(instrumenter)},sites:${JSON.stringify(sites)},tracer:idle,track:nothing,trackCopy:nothing,endBody:nothing,fresh:null,last:null,birth:nothing,passing:nothing,passingFloat:nothing,number:nothing,bigint:nothing,filled:nothing,extension:nothing,split:nothing,sized:nothing,copied:nothing,grow:nothing,attribute:nothing,unwind:nothing,charge:nothing,name:nothing,room:nothing,labels:null,idle:idle,constants:[],

object:function(x){if(h.tracer.on){h.track(x)}return x},
stamped:function(x,value){if(h.tracer.on){h.track(x)}return value},
stampedCopy:function(x,value){if(h.tracer.on){h.trackCopy(x)}return value},
grown:function(value,x,used,item){if(h.tracer.on){h.grow(x,used,item)}return value},
splitList:function(items){var x=$B.$list(items)
if(h.tracer.on){h.split(x)}return x},
sliced:function(x){if(h.tracer.on){h.sized(x)}return x},
text:function(x){if(h.tracer.on){if(typeof x==='string'){h.last=x;h.birth(x)}else if(typeof x==='number'){h.int(x)}else if(typeof x==='bigint'){h.bigint(x)}}return x},
localText:function(x){return typeof x==='string'?h.text(x):x},
int:function(x){if(x>256||x<-5){h.number(x)}},
newInt:function(given,x){if(h.tracer.on&&(x>256||x<-5)&&x!==given){h.fresh=x}return x},
ofRange:function(x){if(h.tracer.on){h.filled(x)}return x},
looped:function(x,iterable){if(h.tracer.on&&x>256&&(iterable===undefined||iterable.ob_type===$B.builtins.range)){h.number(x)}},
newText:function(self,x){if(h.tracer.on&&typeof x==='string'&&x!==self){h.fresh=x}return x},
askedText:function(asked,self,x){var c=asked===null||asked===undefined?undefined:asked.ob_type
if(c!==undefined&&((x===h.last&&(c.tp_flags&512)!==0)||((c.tp_flags&1073741824)!==0&&asked.args[0]===x))){return x}
return h.newText(self,x)},
newTexts:function(x){if(h.tracer.on){h.fresh=x}return x},
passed:function(x){if(typeof x==='string'&&x.length>1024&&h.tracer.on){h.passing(x)}return x},
passedOp:function(op,x,y,inum){var z=h.tracer.on?h.floatOp(op,x,y):0
if(z!==0&&z===z){h.passingFloat()
return {ob_type:$B.builtins.float,value:z}}
return h.passed($B.rich_op(op,x,y,inum))},
floatOp:function(op,x,y){var float=$B.builtins.float,a,b
if(typeof x==='number'){if(typeof y!=='object'||y.ob_type!==float){return 0}
a=x;b=y.value}else{if(typeof x!=='object'||x.ob_type!==float){return 0}
a=x.value
if(typeof y==='number'){b=y}else if(typeof y==='object'&&y.ob_type===float){b=y.value}else{return 0}}
switch(op){case '__add__':return a+b
case '__sub__':return a-b
case '__mul__':return a*b
case '__truediv__':return b===0?0:a/b}
return 0},
calledAndPassed:function(x){if(h.fresh===null){return x}
if(typeof x==='string'||typeof x==='number'){h.fresh=null
return h.passed(x)}return h.called(x)},
calledForText:function(x){if(h.fresh===null){return x}
if(typeof x==='number'){h.fresh=null
return x}return h.called(x)},
called:function(x){var fresh=h.fresh
if(fresh!==null){h.fresh=null
if(x===fresh){if(typeof x==='string'){h.last=x;h.birth(x)}else if(typeof x==='number'){h.number(x)}else if(typeof x==='bigint'){h.bigint(x)}else if(Array.isArray(x)){for(var i=0;i<x.length;i++){if(typeof x[i]==='string'){h.birth(x[i])}}}}}
return x},
augmented:function(left,op,right){var x=$B.augm_assign(left,op,right)
if(h.tracer.on){if(typeof x==='number'){h.int(x)}else if(typeof x==='bigint'){h.bigint(x)}else if(typeof x==='string'){typeof left==='string'?h.extension(left,x):h.birth(x)}}return x},
augmentedLocal:function(left,op,right){var x=$B.augm_assign(left,op,right)
if(typeof x==='string'&&h.tracer.on){typeof left==='string'?h.extension(left,x):h.birth(x)}return x},
newBytes:function(constant){return $B.fast_bytes(h.constants[constant].source.slice())},
item:function(list,value){if((list.push(value)&127)!==0||!h.tracer.on){return}
h.grow(list,list.length)
if((list.length&8191)===0){h.room(list.length)}},
named:function(line,names){if(h.tracer.on){h.name(line,names)}},
charged:function(x,charges){if(h.tracer.on){h.charge(x,charges)}},
copyOf:function(x){if(h.tracer.on){h.copied(x)}return x},
unwound:function(x){if(h.tracer.on){h.unwind(x)}},
attributeSet:function(value,x){var c=x.ob_type
if(h.tracer.on&&c!==undefined){if((c.tp_flags&1073741824)!==0){h.grow(x,1)}
else if(c.tp_base!==$B.builtins.object||c.$slots_has_dict){h.attribute(x)}}return value},
quietly:function(f,a,b){var back=h.tracer
h.tracer=idle
try{return f(a,b)}finally{h.tracer=back}},
rawDict:function(){return $B.empty_dict()},
rawDictFrom:function(values){var d=h.rawDict()
for(var key in values){$B.builtins.dict.$setitem(d,key,values[key])}
return d},
rawTuple:function(items){items=items==null?[]:items;items.ob_type=$B.builtins.tuple;return items},
pair:function(self,items){return self.$unpacked===true?h.rawTuple(items):$B.fast_tuple(items)},
unpacked:function(x){var of=x.ob_type,it=x
if(of===$B.dict_items){it=$B.dict_items.tp_iter(x)}else if(of!==$B.builtins.enumerate&&of!==$B.builtins.zip){return x}
it.$unpacked=true
return it},
rawList:function(items){if(Array.isArray(items)&&items.ob_type){items=items.slice();items.ob_type=$B.builtins.list;return items}
return $B.builtins.list.$factory(items)},
atLine:function(frame,line,value){frame.$lineno=line;return value},
ofParameters:function(frame,name,line,make){if(!h.tracer.on){return make()}
var back=$B.frame_obj,own=['<generic parameters of '+name+'>',frame[1],frame[2],frame[3]]
own.$ofParameters=true
$B.enter_frame(own,frame.__file__,line)
var made=make()
$B.frame_obj=back
return made},
constructed:function(){var cuts=[],at=$B.frame_obj
for(;at!==null;at=at.prev){while(at.prev!==null&&at.prev.frame.$ofParameters===true){cuts.push(at,at.prev)
at.prev=at.prev.prev}}
try{return $B.$class_constructor.apply($B,arguments)}finally{for(var i=cuts.length-2;i>=0;i-=2){cuts[i].prev=cuts[i+1]}}},
parameters:function(items){var back=$B.frame_obj
$B.frame_obj=back.prev
try{return $B.fast_tuple(items)}finally{$B.frame_obj=back}},
callDecorator:function(frame,line,decorator,decorated){var back=frame.$lineno
frame.$lineno=line
try{return $B.$call(decorator,decorated)}finally{frame.$lineno=back}}}
return h})`;
}
