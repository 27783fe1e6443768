-- Up Migration
-- A migration has to suit the release before it, too: both run during a deploy. This one does not, so stop the backends
-- of 1.0 before it runs (docker compose stop backend).
-- A row for each source that counts: Postgres itself, and every epoch of Redis; see docs/counter.md
alter table visit_counts drop constraint visit_counts_pkey;
alter table visit_counts add column source text not null default 'postgres';
alter table visit_counts add primary key (id, source);
alter table visit_counts alter column source drop default;
alter table visit_counts drop column batch;
