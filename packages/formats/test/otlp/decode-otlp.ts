import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/**
 * Fields of opentelemetry/proto/profiles/v1development/profiles.proto and of what it imports, as of
 * 2026-08-18: number, name, type; `*` = repeated. Written down a second time, from the proto and not
 * from the sources, so that a slip in one of them is seen.
 */
const proto: Record<string, string> = {
  ProfilesData: '1 resourceProfiles ResourceProfiles*, 2 dictionary ProfilesDictionary',
  ProfilesDictionary:
    '1 mappingTable Mapping*, 2 locationTable Location*, 3 functionTable Function*, 4 linkTable Link*, 5 stringTable string*, 6 attributeTable KeyValueAndUnit*, 7 stackTable Stack*',
  ResourceProfiles: '1 resource Resource, 2 scopeProfiles ScopeProfiles*, 3 schemaUrl string',
  Resource: '1 attributes KeyValue*, 2 droppedAttributesCount uint32',
  ScopeProfiles: '1 scope InstrumentationScope, 2 profiles Profile*, 3 schemaUrl string',
  InstrumentationScope: '1 name string, 2 version string, 3 attributes KeyValue*',
  KeyValue: '1 key string, 2 value AnyValue',
  AnyValue: '1 stringValue string, 2 boolValue bool, 3 intValue int64, 4 doubleValue double',
  Profile:
    '1 sampleType ValueType, 2 samples Sample*, 3 timeUnixNano fixed64, 4 durationNano uint64, 5 periodType ValueType, 6 period int64, 7 profileId bytes, 11 attributeIndices int32*',
  Link: '1 traceId bytes, 2 spanId bytes',
  ValueType: '1 typeStrindex int32, 2 unitStrindex int32',
  Sample:
    '1 stackIndex int32, 2 attributeIndices int32*, 3 linkIndex int32, 4 values int64*, 5 timestampsUnixNano fixed64*',
  Mapping:
    '1 memoryStart uint64, 2 memoryLimit uint64, 3 fileOffset uint64, 4 filenameStrindex int32',
  Stack: '1 locationIndices int32*',
  Location: '1 mappingIndex int32, 2 address uint64, 3 lines Line*, 4 attributeIndices int32*',
  Line: '1 functionIndex int32, 2 line int64, 3 column int64',
  Function:
    '1 nameStrindex int32, 2 systemNameStrindex int32, 3 filenameStrindex int32, 4 startLine int64',
  KeyValueAndUnit: '1 keyStrindex int32, 2 value AnyValue, 3 unitStrindex int32',
};

type Field = { readonly name: string; readonly type: string; readonly repeated: boolean };
// biome-ignore lint/suspicious/noExplicitAny: whatever the bytes hold
export type Decoded = Record<string, any>;

const messages = new Map(
  Object.entries(proto).map(([message, text]) => {
    const fields = text.split(', ').map((field): [number, Field] => {
      const [number, name, type] = field.split(' ') as [string, string, string];
      const repeated = type.endsWith('*');
      return [Number(number), { name, type: type.replace('*', ''), repeated }];
    });
    return [message, new Map(fields)];
  }),
);

/** A message as its bytes say; throws for a field that the proto does not have. */
export function decodeOtlp(bytes: Uint8Array, message = 'ProfilesData'): Decoded {
  const fields = messages.get(message)!;
  const reader = new BinaryReader(bytes);
  const decoded: Decoded = {};
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const field = fields.get(number);
    if (field === undefined) throw new Error(`${message} has no field ${number}`);
    const { name, type, repeated } = field;
    const isPacked =
      repeated && wire === WireType.LengthDelimited && type in scalars && type !== 'string';
    const values: unknown[] = [];
    if (isPacked) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) values.push(scalars[type]!(reader));
    } else if (type in proto) values.push(decodeOtlp(reader.bytes(), type));
    else values.push(scalars[type]!(reader));
    if (!repeated) decoded[name] = values[0];
    else {
      decoded[name] ??= [];
      for (const value of values) decoded[name].push(value);
    }
  }
  return decoded;
}

const scalars: Record<string, (reader: BinaryReader) => unknown> = {
  int32: (reader) => reader.int32(),
  // Protobuf's JSON has 64 bits as text.
  int64: (reader) => String(reader.int64()),
  uint64: (reader) => String(reader.uint64()),
  fixed64: (reader) => String(reader.fixed64()),
  string: (reader) => reader.string(),
};

/** The stacks of a profile, OLDEST frame first, by function name, with their values. */
export function stacksOf(data: Decoded, profile = 0): [string[], number][] {
  const { stackTable, locationTable, functionTable, stringTable } = data['dictionary'];
  const { samples = [] } = data['resourceProfiles'][0].scopeProfiles[0].profiles[profile];
  return samples.map(({ stackIndex, values }: Decoded) => [
    stackTable[stackIndex].locationIndices
      .map((row: number) => {
        const { functionIndex } = locationTable[row].lines[0];
        return stringTable[functionTable[functionIndex].nameStrindex];
      })
      .reverse(),
    Number(values[0]),
  ]);
}
