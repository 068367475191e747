-- Comments on changes, in threads: `thread` is the number of the comment that began it, and only that one says what it is about. A thread is as its newest
-- comment has left it.
CREATE TABLE p_comment (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  repository TEXT NOT NULL, patch_set INTEGER NOT NULL, thread INTEGER NOT NULL, path TEXT, side TEXT, line INTEGER, last INTEGER, text TEXT NOT NULL,
  resolved INTEGER NOT NULL) STRICT;
CREATE INDEX p_comment_subject ON p_comment (subject, thread, n);
CREATE VIEW fact_comment AS SELECT n, at, subject, actor, via, repository, patch_set, thread, path, side, line, last, text, resolved FROM p_comment;
CREATE TABLE p_comment_mentions (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX p_comment_mentions_value ON p_comment_mentions (value, n);
CREATE VIEW fact_comment_mentions AS SELECT n, seq, value FROM p_comment_mentions;

INSERT INTO p_comment (n, at, subject, actor, via, repository, patch_set, thread, path, side, line, last, text, resolved)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'repository', :payload ->> 'patch_set', coalesce(:payload ->> 'thread', :n), :payload ->> 'path',
  :payload ->> 'side', :payload ->> 'line', :payload ->> 'last', :payload ->> 'text', :payload ->> 'resolved');
INSERT INTO p_comment_mentions SELECT :n, key, value FROM json_each(:payload, '$.mentions');
