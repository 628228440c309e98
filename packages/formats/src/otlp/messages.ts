/**
 * The messages of OTLP's profiles signal, v1development, that are written here: by field, its number
 * and type (opentelemetry-proto of 2026-08-18). A type in brackets is repeated.
 */
export const messages = {
  ProfilesData: {
    resourceProfiles: [1, ['ResourceProfiles']],
    dictionary: [2, 'ProfilesDictionary'],
  },
  ResourceProfiles: { resource: [1, 'Resource'], scopeProfiles: [2, ['ScopeProfiles']] },
  Resource: { attributes: [1, ['KeyValue']] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  AnyValue: { stringValue: [1, 'string'], intValue: [3, 'int64'] },
  ScopeProfiles: { scope: [1, 'InstrumentationScope'], profiles: [2, ['Profile']] },
  InstrumentationScope: { name: [1, 'string'], version: [2, 'string'] },
  Profile: {
    sampleType: [1, 'ValueType'],
    samples: [2, ['Sample']],
    timeUnixNano: [3, 'fixed64'],
    periodType: [5, 'ValueType'],
    period: [6, 'int64'],
  },
  ValueType: { typeStrindex: [1, 'int32'], unitStrindex: [2, 'int32'] },
  Sample: { stackIndex: [1, 'int32'], attributeIndices: [2, ['int32']], values: [4, ['int64']] },
  ProfilesDictionary: {
    mappingTable: [1, ['Mapping']],
    locationTable: [2, ['Location']],
    functionTable: [3, ['Function']],
    linkTable: [4, ['Link']],
    stringTable: [5, ['string']],
    attributeTable: [6, ['KeyValueAndUnit']],
    stackTable: [7, ['Stack']],
  },
  Mapping: { filenameStrindex: [4, 'int32'] },
  Location: { mappingIndex: [1, 'int32'], lines: [3, ['Line']] },
  Line: { functionIndex: [1, 'int32'], line: [2, 'int64'] },
  Function: { nameStrindex: [1, 'int32'], filenameStrindex: [3, 'int32'] },
  Link: {},
  KeyValueAndUnit: { keyStrindex: [1, 'int32'], value: [2, 'AnyValue'] },
  Stack: { locationIndices: [1, ['int32']] },
} as const;

/** A message by its fields, as OTLP's JSON has it, but that int64 are bigint or number. */
export type Message = { readonly [field: string]: unknown };
export type MessageName = keyof typeof messages;
