/** Which places of brython.js are edited, by the names that they have there. */

/** Functions of Brython whose dicts, tuples and lists are temporaries that the guest never sees. */
export const rawFunctions: ReadonlySet<string> = new Set([
  '$B.args',
  '$B.parse_args_kw',
  'make_arguments_parser',
  '$B.parse_kwargs',
  '$B.parse_args',
  '$B.unpacker',
  // In CPython the attributes of an instance are part of its own block.
  '$B.init_dict',
  // … and a class keeps its own dict.
  'type_funcs.__prepare__',
  'type_new_get_bases',
  '$B.make_f_code',
  '$B.make_function_infos',
]);

/** Functions of Brython that make objects for itself: classes, and tracebacks of all frames at once. */
export const hostMakers: ReadonlySet<string> = new Set(['$B.make_tb', '$B.make_type']);

/**
 * Functions that make strs, and where they find the str that they give back when nothing is to be
 * done: CPython hands out the same object then, except where `null` stands.
 */
export const textMakers: ReadonlyMap<string, string> = new Map([
  ...[
    'center',
    'expandtabs',
    'format',
    'format_map',
    'join',
    'ljust',
    'lstrip',
    'removeprefix',
    'removesuffix',
    'replace',
    'rjust',
    'rstrip',
    'strip',
    'translate',
    'zfill',
  ].map((name): [string, string] => [`str_funcs.${name}`, 'arguments[0]']),
  ...['capitalize', 'casefold', 'lower', 'swapcase', 'title', 'upper'].map(
    (name): [string, string] => [`str_funcs.${name}`, 'null'],
  ),
  ['_b_.str.mp_subscript', 'arguments[0]'],
  ['str.$factory', 'arguments[0]'],
  ['_b_.ascii', 'null'],
  ['_b_.bin', 'null'],
  ['_b_.chr', 'null'],
  ['_b_.format', 'arguments[0]'],
  ['_b_.hex', 'null'],
  ['_b_.input', 'null'],
  ['_b_.oct', 'null'],
  ['_b_.repr', 'null'],
  ['bytes_funcs.decode', 'null'],
  ['bytes_funcs.hex', 'null'],
]);

/** Those of them that give what a method of the guest's made, where what they are asked for has one. */
export const textAskers: ReadonlySet<string> = new Set([
  'str.$factory',
  '_b_.ascii',
  '_b_.format',
  '_b_.repr',
]);

/** Functions that compute an int, or give back the one that they get. */
export const intMakers: ReadonlySet<string> = new Set([
  '_b_.abs',
  '_b_.hash',
  '_b_.id',
  '_b_.len',
  '_b_.ord',
  '_b_.pow',
  '_b_.round',
  '_b_.sum',
  'int.$factory',
  'str_funcs.count',
  'str_funcs.find',
  'str_funcs.index',
  'str_funcs.rfind',
  'str_funcs.rindex',
]);

/** Functions that make a list or tuple of strs. */
export const textListMakers: ReadonlySet<string> = new Set([
  'str_funcs.partition',
  'str_funcs.rpartition',
  'str_funcs.rsplit',
  'str_funcs.split',
  'str_funcs.splitlines',
]);

/** Iterators that use the tuple that they gave last again when nobody holds it any more. */
export const pairMakers: ReadonlySet<string> = new Set([
  '$B.dict_itemiterator.tp_iternext',
  '_b_.enumerate.tp_iternext',
  '_b_.zip.tp_iternext',
]);

/** Methods of str that give a list of new strs, with room for a dozen. */
export const textSplitters: ReadonlySet<string> = new Set(['str_funcs.rsplit', 'str_funcs.split']);

export const rawCalls: ReadonlyMap<string, string> = new Map([
  ['$B.empty_dict', 'rawDict'],
  ['$B.fast_tuple', 'rawTuple'],
  ['_b_.dict.$from_js', 'rawDictFrom'],
  ['_b_.list.$factory', 'rawList'],
]);

/**
 * Where containers grow: function, what is assigned, incremented or called there, the container,
 * its number of items (−1 = one more), and the condition around it where there are several such
 * places. A dict that has only str keys keeps them as properties, which nobody counts.
 */
export const growthRules: readonly (readonly [
  maker: string,
  place: string,
  container: string,
  used: string,
  test?: string,
])[] = [
  ['list_funcs.append', 'self[self.length]', 'self', 'self.length'],
  ['list_funcs.extend', 'self[self.length]', 'self', 'self.length'],
  ['list_funcs.insert', '$.self.splice', '$.self', '$.self.length'],
  ['_b_.list.nb_inplace_add', '$.self.push', '$.self', '$.self.length'],
  ['_b_.list.nb_inplace_multiply', '$.self[pos++]', '$.self', '$.self.length'],
  ['set_list_slice', 'obj.splice.apply', 'obj', 'obj.length'],
  ['dict.$setitem', 'self[VERSION]++', 'self', '-1', 'new_str_key'],
  ['dict.$setitem', 'self[KEYS].push', 'self', '-1'],
  ['dict_funcs.setdefault', 'self[key]', 'self', '-1'],
  ['$copy_dict', 'left[key]', 'left', '-1'],
  ['set_add', 'so.$used++', 'so', 'so.$used,item'],
  ['bytearray_funcs.append', 'self.source[self.source.length]', 'self', 'self.source.length'],
  ['bytearray_funcs.extend', 'self.source', 'self', 'self.source.length'],
  ['bytearray_funcs.insert', '_b_.list.tp_funcs.insert', 'self', 'self.source.length'],
  ['bytearray_funcs.resize', 'self.source.push', 'self', 'self.source.length'],
  ['_b_.bytearray.nb_inplace_add', 'self.source', 'self', 'self.source.length'],
  ['_b_.bytearray.nb_inplace_multiply', 'self.source', 'self', 'self.source.length'],
  ['_b_.bytearray.sq_ass_item', 'self.source.splice.apply', 'self', 'self.source.length'],
  // Made empty, and filled by then.
  ['_b_.bytes.nb_multiply', 'res.source', 'res', 'res.source.length'],
  // Of exceptions only: CPython makes their attributes' dict when it is first needed.
  ['_b_.object.tp_setattro', '$B.str_dict_set', 'self', 'exception'],
];

/** Where a list is made of the items of another one: function, and its variable. */
export const copies: readonly (readonly [maker: string, variable: string])[] = [
  ['factory', 'obj'],
  ['list.$getitem_slice', 'res'],
  ['list_funcs.copy', 'res'],
  ['sq_repeat', 'res'],
];
