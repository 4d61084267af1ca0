// Nothing: what there is to compare an import with.
export {};
