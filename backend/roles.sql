-- The roles of Postgres. Its image runs this as the superuser when the volume is new.

-- What `cat` writes, in this container.
\set app_password `cat /run/secrets/postgres_password`
\set owner_password `cat /run/secrets/postgres_owner_password`

-- Owns the tables: the migrations run as this role.
create role owner login password :'owner_password';
alter database :"DBNAME" owner to owner;

-- The app: reads and writes rows in the tables that the owner makes.
create role app login password :'app_password';
alter default privileges for role owner grant select, insert, update, delete on tables to app;
alter default privileges for role owner grant usage on sequences to app;

-- By default, everybody may connect to every database and fill it with temporary tables.
revoke all on database :"DBNAME", postgres, template1 from public;
grant connect on database :"DBNAME" to app;

-- Without a password, the superuser can log in only inside of this container.
alter role current_user password null;
