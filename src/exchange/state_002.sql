-- The catalog with the libraries that were imported on pages, as it is compiled: made anew from facts at any time.
CREATE TABLE shelf (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  key TEXT NOT NULL,   -- what it was made of: the program, its catalog, and each library by its digest
  image BLOB NOT NULL, -- catalog_open_beside() opens it
  told TEXT NOT NULL   -- JSON: what became of each library
) STRICT;
