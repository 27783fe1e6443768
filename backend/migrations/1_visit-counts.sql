-- Up Migration
create table visit_counts (
  id varchar(255) primary key,
  count bigint not null default 0,
  -- number of the last batch of visits that was added from Redis; see src/counter/
  batch bigint not null default 0
);

insert into visit_counts (id) values ('page_visits');

-- Down Migration
drop table visit_counts;
