// Styles are imported for the bundler, which gathers them in one style element.
declare module '*.css' {}
