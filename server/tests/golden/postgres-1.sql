--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: account; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.account (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    login text NOT NULL,
    password text NOT NULL,
    active boolean NOT NULL,
    profile text NOT NULL
);


--
-- Name: audit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    at bigint NOT NULL,
    user_id uuid,
    device uuid,
    action text NOT NULL,
    subject text NOT NULL
);


--
-- Name: device; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.device (
    org_id uuid NOT NULL,
    device uuid NOT NULL,
    user_id uuid NOT NULL,
    first_seen bigint NOT NULL,
    last_seen bigint NOT NULL
);


--
-- Name: history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.history (
    org_id uuid NOT NULL,
    version bigint NOT NULL,
    ordinal bigint NOT NULL,
    record uuid NOT NULL,
    customer uuid,
    user_id uuid,
    body text NOT NULL
);


--
-- Name: imported; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.imported (
    org_id uuid NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    record uuid NOT NULL,
    cells text NOT NULL
);


--
-- Name: mutation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mutation (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    author uuid NOT NULL,
    device uuid NOT NULL,
    record uuid NOT NULL,
    written bigint NOT NULL,
    received bigint NOT NULL,
    outcome text NOT NULL
);


--
-- Name: organisation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.organisation (
    org_id uuid NOT NULL,
    founded bigint NOT NULL,
    name text NOT NULL,
    epoch text NOT NULL,
    sequence bigint NOT NULL
);


--
-- Name: record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    customer uuid,
    user_id uuid,
    version bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: scope_channel; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scope_channel (
    org_id uuid NOT NULL,
    channel text NOT NULL,
    customer uuid NOT NULL
);


--
-- Name: scope_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scope_event (
    org_id uuid NOT NULL,
    version bigint NOT NULL,
    channel text NOT NULL,
    customer uuid NOT NULL,
    gained boolean NOT NULL
);


--
-- Name: session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session (
    token bytea NOT NULL,
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    csrf text NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL
);


--
-- Name: sign_in_name; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sign_in_name (
    login text NOT NULL,
    org_id uuid NOT NULL,
    user_id uuid NOT NULL
);


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public._sqlx_migrations VALUES (1, 'initial', '2026-11-21 23:10:48.49883+00', true, '\x8d08777b9837e173c948b1b1be9aeaa6edc6d773f7bcad2f8b319293c6ec8c0317058e4258b2e50098cdb98d2cceed21', 25553202);


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100', 'rm1', '$argon2id$v=19$m=8,t=1,p=1$mACNV2PZ4Osmr1WT3ChtuQ$ST8SHvziplHKNOZ6EWrl/Yi0IFTRsw7+LwtrIj4KWpk', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000100","login":"rm1","name":"rm1 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000101', 'rm2', '$argon2id$v=19$m=8,t=1,p=1$mACNV2PZ4Osmr1WT3ChtuQ$ST8SHvziplHKNOZ6EWrl/Yi0IFTRsw7+LwtrIj4KWpk', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000101","login":"rm2","name":"rm2 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000102', 'rm3', '$argon2id$v=19$m=8,t=1,p=1$mACNV2PZ4Osmr1WT3ChtuQ$ST8SHvziplHKNOZ6EWrl/Yi0IFTRsw7+LwtrIj4KWpk', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000102","login":"rm3","name":"rm3 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000032","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103', 'lead1', '$argon2id$v=19$m=8,t=1,p=1$mACNV2PZ4Osmr1WT3ChtuQ$ST8SHvziplHKNOZ6EWrl/Yi0IFTRsw7+LwtrIj4KWpk', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000103","login":"lead1","name":"lead1 的姓名","role":"team_lead","team":"00000000-0000-0000-0000-000000000031","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000104', 'office', '$argon2id$v=19$m=8,t=1,p=1$mACNV2PZ4Osmr1WT3ChtuQ$ST8SHvziplHKNOZ6EWrl/Yi0IFTRsw7+LwtrIj4KWpk', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000104","login":"office","name":"office 的姓名","role":"back_office","team":null,"branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000105', 'admin', '$argon2id$v=19$m=8,t=1,p=1$mACNV2PZ4Osmr1WT3ChtuQ$ST8SHvziplHKNOZ6EWrl/Yi0IFTRsw7+LwtrIj4KWpk', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000105","login":"admin","name":"admin 的姓名","role":"administrator","team":null,"branch":null}');


--
-- Data for Name: audit; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a20060-6ae8-75df-92e5-3cde0edc34fc', 1795219200000, '00000000-0000-0000-0000-000000000100', NULL, 'sign_in', '127.0.0.1');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a20060-6aea-7043-858f-62ca6c9dfd8e', 1795219200000, '00000000-0000-0000-0000-000000000103', NULL, 'sign_in', '127.0.0.1');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a20060-6b1d-773a-9fbb-2060114c864e', 1795219201000, '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', 'refused', '01a1fb67-1be8-766c-8288-26687131e9a1 InvalidValue (credit_code)');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a20060-6b31-74ec-bd89-8ec86bb64887', 1795219201000, '00000000-0000-0000-0000-000000000105', NULL, 'sign_in', '127.0.0.1');


--
-- Data for Name: device; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.device VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '00000000-0000-0000-0000-000000000100', 1795219200000, 1795219201000);
INSERT INTO public.device VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7c42-b7bb-465d6572420b', '00000000-0000-0000-0000-000000000103', 1795219200000, 1795219201000);


--
-- Data for Name: history; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 9, 1, '01a1fb67-1800-79e6-8e08-790e3ca76a49', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, '{"record":"01a1fb67-1800-79e6-8e08-790e3ca76a49","path":"phone","to":"021-5550 1111","stamp":{"version":9,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7c42-b7bb-465d6572420b"},"mutation":"01a1fb67-1800-745b-acd2-e5ea637093f6"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 10, 1, '01a1fb67-1800-79e6-8e08-790e3ca76a49', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, '{"record":"01a1fb67-1800-79e6-8e08-790e3ca76a49","path":"phone","from":"021-5550 1111","to":"021-5550 2222","stamp":{"version":10,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"},"mutation":"01a1fb67-1be8-73b6-9fa8-cc9389d5a774"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 14, 1, '00000000-0000-0000-0000-000000000077', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, '{"record":"00000000-0000-0000-0000-000000000077","to":true,"stamp":{"version":14,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"},"mutation":"01a1fb67-1be8-7ffc-a84d-6411e71d4a37"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 15, 1, '01a1fb67-1800-79e6-8e08-790e3ca76a49', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, '{"record":"01a1fb67-1800-79e6-8e08-790e3ca76a49","path":"email","to":"office@example.cn","stamp":{"version":15,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7c42-b7bb-465d6572420b"},"mutation":"01a1fb67-1be8-76b9-8f30-6451b2254838"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 16, 1, '01a1fb67-1800-74c8-bb53-ec55578b57b4', '01a1fb67-1800-74c8-bb53-ec55578b57b4', NULL, '{"record":"01a1fb67-1800-74c8-bb53-ec55578b57b4","path":"owner","from":"00000000-0000-0000-0000-000000000100","to":"00000000-0000-0000-0000-000000000101","stamp":{"version":16,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7c42-b7bb-465d6572420b"},"mutation":"01a1fb67-1be8-7b9c-bd6f-6f3a5c0dc790"}');


--
-- Data for Name: imported; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.imported VALUES ('00000000-0000-0000-0000-000000000010', 'customer', 'C001', '01a1fb67-1800-79e6-8e08-790e3ca76a49', '{"name":"上海华信"}');


--
-- Data for Name: mutation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7ea6-b56f-d88114730311', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '01a1fb67-1800-79e6-8e08-790e3ca76a49', 1795219200000, 1795219200000, '{"applied":{"version":7}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-77ef-a45b-53ae3df456f2', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '01a1fb67-1800-74c8-bb53-ec55578b57b4', 1795219200000, 1795219200000, '{"applied":{"version":8}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-745b-acd2-e5ea637093f6', '00000000-0000-0000-0000-000000000103', '01a1fb67-1800-7c42-b7bb-465d6572420b', '01a1fb67-1800-79e6-8e08-790e3ca76a49', 1795219200000, 1795219200000, '{"merged":{"version":9}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-73b6-9fa8-cc9389d5a774', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '01a1fb67-1800-79e6-8e08-790e3ca76a49', 1795219201000, 1795219201000, '{"merged":{"version":10,"conflicts":["phone"]}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-766c-8288-26687131e9a1', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '01a1fb67-1800-79e6-8e08-790e3ca76a49', 1795219201000, 1795219201000, '{"refused":{"code":"invalid_value","field":"credit_code"}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-73d1-9006-eebda7345ca8', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '01a1fb67-1be8-7878-b12a-cffec24baf6e', 1795219201000, 1795219201000, '{"applied":{"version":12}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7cbf-b0a8-02714f3596a4', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '00000000-0000-0000-0000-000000000077', 1795219201000, 1795219201000, '{"applied":{"version":13}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7ffc-a84d-6411e71d4a37', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7697-b826-98cb7bc83bfd', '00000000-0000-0000-0000-000000000077', 1795219201000, 1795219201000, '{"applied":{"version":14}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-76b9-8f30-6451b2254838', '00000000-0000-0000-0000-000000000103', '01a1fb67-1800-7c42-b7bb-465d6572420b', '01a1fb67-1800-79e6-8e08-790e3ca76a49', 1795219201000, 1795219201000, '{"merged":{"version":15}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7b9c-bd6f-6f3a5c0dc790', '00000000-0000-0000-0000-000000000103', '01a1fb67-1800-7c42-b7bb-465d6572420b', '01a1fb67-1800-74c8-bb53-ec55578b57b4', 1795219201000, 1795219201000, '{"applied":{"version":16}}');


--
-- Data for Name: organisation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.organisation VALUES ('00000000-0000-0000-0000-000000000010', 0, '测试银行', 'e0', 16);


--
-- Data for Name: record; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100', 'person', NULL, NULL, 1, '{"id":"00000000-0000-0000-0000-000000000100","kind":"person","scope":"organisation","version":1,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"rm1","name":"rm1 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","team_name":"一部"},"created":{"version":1,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000101', 'person', NULL, NULL, 2, '{"id":"00000000-0000-0000-0000-000000000101","kind":"person","scope":"organisation","version":2,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"rm2","name":"rm2 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","team_name":"一部"},"created":{"version":2,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000101","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000102', 'person', NULL, NULL, 3, '{"id":"00000000-0000-0000-0000-000000000102","kind":"person","scope":"organisation","version":3,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"rm3","name":"rm3 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000032","team_name":"一部"},"created":{"version":3,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000102","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103', 'person', NULL, NULL, 4, '{"id":"00000000-0000-0000-0000-000000000103","kind":"person","scope":"organisation","version":4,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"lead1","name":"lead1 的姓名","role":"team_lead","team":"00000000-0000-0000-0000-000000000031","team_name":"一部"},"created":{"version":4,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000103","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000104', 'person', NULL, NULL, 5, '{"id":"00000000-0000-0000-0000-000000000104","kind":"person","scope":"organisation","version":5,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"office","name":"office 的姓名","role":"back_office","team_name":"一部"},"created":{"version":5,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000104","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000105', 'person', NULL, NULL, 6, '{"id":"00000000-0000-0000-0000-000000000105","kind":"person","scope":"organisation","version":6,"fields":{"active":true,"branch_name":"滨江支行","login":"admin","name":"admin 的姓名","role":"administrator","team_name":"一部"},"created":{"version":6,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000105","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-79eb-ae26-d327f27b4093', 'conflict', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, 11, '{"id":"01a1fb67-1be8-79eb-ae26-d327f27b4093","kind":"conflict","scope":{"customer":"01a1fb67-1800-79e6-8e08-790e3ca76a49"},"version":11,"fields":{"aside":"021-5550 1111","aside_at":1795219200000,"aside_by":"00000000-0000-0000-0000-000000000103","path":"phone","record":"01a1fb67-1800-79e6-8e08-790e3ca76a49","record_kind":"customer","stands":"021-5550 2222","stands_at":1795219201000,"stands_by":"00000000-0000-0000-0000-000000000100"},"created":{"version":11,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7c42-b7bb-465d6572420b"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7878-b12a-cffec24baf6e', 'note', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, 12, '{"id":"01a1fb67-1be8-7878-b12a-cffec24baf6e","kind":"note","scope":{"customer":"01a1fb67-1800-79e6-8e08-790e3ca76a49"},"version":12,"fields":{"text":"见了王总 👍 ''引号'' \\ \n第二段"},"created":{"version":12,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000077', 'contact', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, 14, '{"id":"00000000-0000-0000-0000-000000000077","kind":"contact","scope":{"customer":"01a1fb67-1800-79e6-8e08-790e3ca76a49"},"version":14,"fields":{"name":"李娜"},"created":{"version":13,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"},"deleted":{"version":14,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-79e6-8e08-790e3ca76a49', 'customer', '01a1fb67-1800-79e6-8e08-790e3ca76a49', NULL, 15, '{"id":"01a1fb67-1800-79e6-8e08-790e3ca76a49","kind":"customer","scope":{"customer":"01a1fb67-1800-79e6-8e08-790e3ca76a49"},"version":15,"fields":{"branch":"00000000-0000-0000-0000-000000000020","email":"office@example.cn","name":"上海华信科技有限公司","owner":"00000000-0000-0000-0000-000000000100","phone":"021-5550 2222","team":"00000000-0000-0000-0000-000000000031","type":"corporate"},"created":{"version":7,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"},"stamps":{"email":{"version":15,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7c42-b7bb-465d6572420b"},"phone":{"version":10,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"}}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-74c8-bb53-ec55578b57b4', 'customer', '01a1fb67-1800-74c8-bb53-ec55578b57b4', NULL, 16, '{"id":"01a1fb67-1800-74c8-bb53-ec55578b57b4","kind":"customer","scope":{"customer":"01a1fb67-1800-74c8-bb53-ec55578b57b4"},"version":16,"fields":{"branch":"00000000-0000-0000-0000-000000000020","name":"杭州恒源纺织厂","owner":"00000000-0000-0000-0000-000000000101","team":"00000000-0000-0000-0000-000000000031","type":"corporate"},"created":{"version":8,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7697-b826-98cb7bc83bfd"},"stamps":{"owner":{"version":16,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7c42-b7bb-465d6572420b"}}}');


--
-- Data for Name: scope_channel; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'user:00000000-0000-0000-0000-000000000100', '01a1fb67-1800-79e6-8e08-790e3ca76a49');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'team:00000000-0000-0000-0000-000000000031', '01a1fb67-1800-79e6-8e08-790e3ca76a49');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'branch:00000000-0000-0000-0000-000000000020', '01a1fb67-1800-79e6-8e08-790e3ca76a49');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'organisation', '01a1fb67-1800-79e6-8e08-790e3ca76a49');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'team:00000000-0000-0000-0000-000000000031', '01a1fb67-1800-74c8-bb53-ec55578b57b4');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'branch:00000000-0000-0000-0000-000000000020', '01a1fb67-1800-74c8-bb53-ec55578b57b4');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'organisation', '01a1fb67-1800-74c8-bb53-ec55578b57b4');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'user:00000000-0000-0000-0000-000000000101', '01a1fb67-1800-74c8-bb53-ec55578b57b4');


--
-- Data for Name: scope_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scope_event VALUES ('00000000-0000-0000-0000-000000000010', 16, 'user:00000000-0000-0000-0000-000000000101', '01a1fb67-1800-74c8-bb53-ec55578b57b4', true);
INSERT INTO public.scope_event VALUES ('00000000-0000-0000-0000-000000000010', 16, 'user:00000000-0000-0000-0000-000000000100', '01a1fb67-1800-74c8-bb53-ec55578b57b4', false);


--
-- Data for Name: session; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.session VALUES ('\x0a2aa5a6900004b4ef76958ba0b64d6c94caef7c23208c838c6019a0fa0e1d5e', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100', 'c9d2086c30b3a09eb5c100113f246312de6b0a110755e4ee14e769a5edbaef04', 1795219200000, 1795262400000);
INSERT INTO public.session VALUES ('\xb94bb2d4d4bc82dd96873eeca5db057867250123722e50b406ace96f7053cc01', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103', 'f3c377f8a3d5f974ca660613dc2f66ef43f8c9053b90874830f909a9a4179eb0', 1795219200000, 1795262400000);
INSERT INTO public.session VALUES ('\x546d33d9acc0f1be7aa62dc973f97f4dc78d5ae433bc8f752fcf7512ab90957c', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000105', '3c6ac5d3bac74de79893e7994b74d6328f3acffc54aa90efc02ac8d97ee6331a', 1795219201000, 1795262401000);


--
-- Data for Name: sign_in_name; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sign_in_name VALUES ('rm1', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100');
INSERT INTO public.sign_in_name VALUES ('rm2', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000101');
INSERT INTO public.sign_in_name VALUES ('rm3', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000102');
INSERT INTO public.sign_in_name VALUES ('lead1', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103');
INSERT INTO public.sign_in_name VALUES ('office', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000104');
INSERT INTO public.sign_in_name VALUES ('admin', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000105');


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (org_id, user_id);


--
-- Name: audit audit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (org_id, id);


--
-- Name: device device_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (org_id, device);


--
-- Name: history history_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (org_id, version, ordinal);


--
-- Name: imported imported_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imported
    ADD CONSTRAINT imported_pkey PRIMARY KEY (org_id, kind, code);


--
-- Name: mutation mutation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mutation
    ADD CONSTRAINT mutation_pkey PRIMARY KEY (org_id, id);


--
-- Name: organisation organisation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (org_id);


--
-- Name: record record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (org_id, id);


--
-- Name: scope_channel scope_channel_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scope_channel
    ADD CONSTRAINT scope_channel_pkey PRIMARY KEY (org_id, channel, customer);


--
-- Name: scope_event scope_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scope_event
    ADD CONSTRAINT scope_event_pkey PRIMARY KEY (org_id, version, channel, customer);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token);


--
-- Name: sign_in_name sign_in_name_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_name
    ADD CONSTRAINT sign_in_name_pkey PRIMARY KEY (login);


--
-- Name: history_by_record; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX history_by_record ON public.history USING btree (org_id, record, version);


--
-- Name: record_by_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_customer ON public.record USING btree (org_id, customer, version);


--
-- Name: record_by_kind; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_kind ON public.record USING btree (org_id, kind, version);


--
-- Name: record_by_version; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX record_by_version ON public.record USING btree (org_id, version);


--
-- Name: record_loose; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_loose ON public.record USING btree (org_id, version) WHERE (customer IS NULL);


--
-- Name: scope_channel_by_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scope_channel_by_customer ON public.scope_channel USING btree (org_id, customer, channel);


--
-- Name: sign_in_name_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sign_in_name_by_user ON public.sign_in_name USING btree (org_id, user_id);


--
-- PostgreSQL database dump complete
--


