-- Saved views of lists: filters, sort and columns under a name, of one person or shared with all; and which one a person
-- begins with. No evidence of anything.
CREATE TABLE saved_view (
  id TEXT PRIMARY KEY,      -- 20 of a-z2-7
  person TEXT NOT NULL,     -- whose it is
  place TEXT NOT NULL,      -- which list: tasks, findings, repositories, register:KIND
  name TEXT NOT NULL,
  query TEXT NOT NULL,      -- of the page's address
  shared INTEGER NOT NULL,  -- 1: everybody sees it
  at INTEGER NOT NULL       -- when it was last changed, Unix seconds
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX saved_view_by_name ON saved_view(place, person, name);
CREATE TABLE saved_view_first (person TEXT NOT NULL, place TEXT NOT NULL, view TEXT NOT NULL, PRIMARY KEY (person, place)) STRICT, WITHOUT ROWID;
CREATE INDEX saved_view_first_of ON saved_view_first(view);
