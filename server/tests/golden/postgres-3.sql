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
-- Name: former_run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.former_run (
    org_id uuid NOT NULL,
    epoch text NOT NULL,
    until bigint NOT NULL
);


--
-- Name: history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.history (
    org_id uuid NOT NULL,
    version bigint NOT NULL,
    ordinal bigint NOT NULL,
    record uuid NOT NULL,
    root uuid,
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
    root uuid,
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
    root uuid NOT NULL
);


--
-- Name: scope_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scope_event (
    org_id uuid NOT NULL,
    version bigint NOT NULL,
    channel text NOT NULL,
    root uuid NOT NULL,
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

INSERT INTO public._sqlx_migrations VALUES (1, 'initial', '2026-11-30 17:26:45.489348+00', true, '\x8d08777b9837e173c948b1b1be9aeaa6edc6d773f7bcad2f8b319293c6ec8c0317058e4258b2e50098cdb98d2cceed21', 60708262);
INSERT INTO public._sqlx_migrations VALUES (2, 'runs', '2026-11-30 17:26:45.550571+00', true, '\x4cf6fe55eb782e1f2ffe02ca1f5ec50ecbd1eaadfd323dcfcc06391da28fc3674ea2a9139ca67d73c70e3f484f380364', 2860250);
INSERT INTO public._sqlx_migrations VALUES (3, 'roots', '2026-11-30 17:26:45.553593+00', true, '\x153b6976ca2ff90f7189da7beb63493141e8459bbb985dc18630a2fc60e53540c279f669c3d1c770db390cfc1d83a1ec', 776260);


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100', 'rm1', '$argon2id$v=19$m=8,t=1,p=1$mF5cwWtedSQSdGvYLmITKw$xY0Cv76zwJKWAYYuvVAM1je4gE0zXjQXHz4cWS9dthc', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000100","login":"rm1","name":"rm1 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000101', 'rm2', '$argon2id$v=19$m=8,t=1,p=1$mF5cwWtedSQSdGvYLmITKw$xY0Cv76zwJKWAYYuvVAM1je4gE0zXjQXHz4cWS9dthc', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000101","login":"rm2","name":"rm2 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000102', 'rm3', '$argon2id$v=19$m=8,t=1,p=1$mF5cwWtedSQSdGvYLmITKw$xY0Cv76zwJKWAYYuvVAM1je4gE0zXjQXHz4cWS9dthc', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000102","login":"rm3","name":"rm3 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000032","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103', 'lead1', '$argon2id$v=19$m=8,t=1,p=1$mF5cwWtedSQSdGvYLmITKw$xY0Cv76zwJKWAYYuvVAM1je4gE0zXjQXHz4cWS9dthc', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000103","login":"lead1","name":"lead1 的姓名","role":"team_lead","team":"00000000-0000-0000-0000-000000000031","branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000104', 'office', '$argon2id$v=19$m=8,t=1,p=1$mF5cwWtedSQSdGvYLmITKw$xY0Cv76zwJKWAYYuvVAM1je4gE0zXjQXHz4cWS9dthc', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000104","login":"office","name":"office 的姓名","role":"back_office","team":null,"branch":"00000000-0000-0000-0000-000000000020"}');
INSERT INTO public.account VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000105', 'admin', '$argon2id$v=19$m=8,t=1,p=1$mF5cwWtedSQSdGvYLmITKw$xY0Cv76zwJKWAYYuvVAM1je4gE0zXjQXHz4cWS9dthc', true, '{"org":"00000000-0000-0000-0000-000000000010","user":"00000000-0000-0000-0000-000000000105","login":"admin","name":"admin 的姓名","role":"administrator","team":null,"branch":null}');


--
-- Data for Name: audit; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a22d7e-ab0b-7267-95fb-da2fd1cde9b7', 1795219200000, '00000000-0000-0000-0000-000000000100', NULL, 'sign_in', '127.0.0.1');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a22d7e-ab23-77f3-a2f6-e40b12b3b4e6', 1795219200000, '00000000-0000-0000-0000-000000000103', NULL, 'sign_in', '127.0.0.1');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000010', '01a22d7e-ab6f-7368-9e10-e65d5859444d', 1795219201000, '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', 'refused', '01a1fb67-1be8-7a03-80cf-2e1bdb74e1b2 invalid_value');


--
-- Data for Name: device; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.device VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7fed-a7ca-62412632897f', '00000000-0000-0000-0000-000000000100', 1795219200000, 1795219201000);
INSERT INTO public.device VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7820-82bf-b84358814f08', '00000000-0000-0000-0000-000000000103', 1795219200000, 1795219201000);


--
-- Data for Name: former_run; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.former_run VALUES ('00000000-0000-0000-0000-000000000010', 'e0', 0);


--
-- Data for Name: history; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 10, 1, '01a1fb67-1800-7bf1-8b02-045fca352e35', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, '{"record":"01a1fb67-1800-7bf1-8b02-045fca352e35","path":"phone","to":"021-5550 1111","stamp":{"version":10,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7820-82bf-b84358814f08"},"mutation":"01a1fb67-1800-73c3-af92-3fe34911a9ab"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 11, 1, '01a1fb67-1800-7bf1-8b02-045fca352e35', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, '{"record":"01a1fb67-1800-7bf1-8b02-045fca352e35","path":"phone","from":"021-5550 1111","to":"021-5550 2222","stamp":{"version":11,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"},"mutation":"01a1fb67-1be8-78fe-abbe-3e45fe346a9c"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 15, 1, '00000000-0000-0000-0000-000000000077', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, '{"record":"00000000-0000-0000-0000-000000000077","to":true,"stamp":{"version":15,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"},"mutation":"01a1fb67-1be8-7567-bf62-727534466206"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 16, 1, '01a1fb67-1800-7bf1-8b02-045fca352e35', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, '{"record":"01a1fb67-1800-7bf1-8b02-045fca352e35","path":"email","to":"office@example.cn","stamp":{"version":16,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7820-82bf-b84358814f08"},"mutation":"01a1fb67-1be8-75c5-9482-b921d7a91a75"}');
INSERT INTO public.history VALUES ('00000000-0000-0000-0000-000000000010', 17, 1, '01a1fb67-1800-7487-aa38-0eba59a18726', '01a1fb67-1800-7487-aa38-0eba59a18726', NULL, '{"record":"01a1fb67-1800-7487-aa38-0eba59a18726","path":"owner","from":"00000000-0000-0000-0000-000000000100","to":"00000000-0000-0000-0000-000000000101","stamp":{"version":17,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7820-82bf-b84358814f08"},"mutation":"01a1fb67-1be8-7346-96a6-f209fcf8b2d5"}');


--
-- Data for Name: imported; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.imported VALUES ('00000000-0000-0000-0000-000000000010', 'customer', 'C001', '01a1fb67-1800-7bf1-8b02-045fca352e35', '{"name":"上海华信"}');


--
-- Data for Name: mutation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7875-9999-52356f4bf0d1', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '01a1fb67-1800-7bf1-8b02-045fca352e35', 1795219200000, 1795219200000, '{"applied":{"version":7}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-79a9-b9c7-0c2f6c8c51ce', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '01a1fb67-1800-7487-aa38-0eba59a18726', 1795219200000, 1795219200000, '{"applied":{"version":8}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-75cf-ac16-edfdd96f3e97', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '00000000-0000-0000-0000-000000000066', 1795219200000, 1795219200000, '{"applied":{"version":9}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-73c3-af92-3fe34911a9ab', '00000000-0000-0000-0000-000000000103', '01a1fb67-1800-7820-82bf-b84358814f08', '01a1fb67-1800-7bf1-8b02-045fca352e35', 1795219200000, 1795219200000, '{"merged":{"version":10}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-78fe-abbe-3e45fe346a9c', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '01a1fb67-1800-7bf1-8b02-045fca352e35', 1795219201000, 1795219201000, '{"merged":{"version":11,"conflicts":["phone"]}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7a03-80cf-2e1bdb74e1b2', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '01a1fb67-1800-7bf1-8b02-045fca352e35', 1795219201000, 1795219201000, '{"refused":{"code":"invalid_value","field":"credit_code"}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7800-8bad-597a770c87a4', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '01a1fb67-1be8-70de-b292-350bc638787b', 1795219201000, 1795219201000, '{"applied":{"version":13}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7f16-a427-b2e6acb6d839', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '00000000-0000-0000-0000-000000000077', 1795219201000, 1795219201000, '{"applied":{"version":14}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7567-bf62-727534466206', '00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7fed-a7ca-62412632897f', '00000000-0000-0000-0000-000000000077', 1795219201000, 1795219201000, '{"applied":{"version":15}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-75c5-9482-b921d7a91a75', '00000000-0000-0000-0000-000000000103', '01a1fb67-1800-7820-82bf-b84358814f08', '01a1fb67-1800-7bf1-8b02-045fca352e35', 1795219201000, 1795219201000, '{"merged":{"version":16}}');
INSERT INTO public.mutation VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-7346-96a6-f209fcf8b2d5', '00000000-0000-0000-0000-000000000103', '01a1fb67-1800-7820-82bf-b84358814f08', '01a1fb67-1800-7487-aa38-0eba59a18726', 1795219201000, 1795219201000, '{"merged":{"version":17}}');


--
-- Data for Name: organisation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.organisation VALUES ('00000000-0000-0000-0000-000000000010', 0, '测试银行', 'eae95b0dee03524a', 17);


--
-- Data for Name: record; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100', 'person', NULL, NULL, 1, '{"id":"00000000-0000-0000-0000-000000000100","kind":"person","scope":"organisation","version":1,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"rm1","name":"rm1 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","team_name":"一部"},"created":{"version":1,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000101', 'person', NULL, NULL, 2, '{"id":"00000000-0000-0000-0000-000000000101","kind":"person","scope":"organisation","version":2,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"rm2","name":"rm2 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000031","team_name":"一部"},"created":{"version":2,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000101","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000102', 'person', NULL, NULL, 3, '{"id":"00000000-0000-0000-0000-000000000102","kind":"person","scope":"organisation","version":3,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"rm3","name":"rm3 的姓名","role":"relationship_manager","team":"00000000-0000-0000-0000-000000000032","team_name":"一部"},"created":{"version":3,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000102","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103', 'person', NULL, NULL, 4, '{"id":"00000000-0000-0000-0000-000000000103","kind":"person","scope":"organisation","version":4,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"lead1","name":"lead1 的姓名","role":"team_lead","team":"00000000-0000-0000-0000-000000000031","team_name":"一部"},"created":{"version":4,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000103","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000104', 'person', NULL, NULL, 5, '{"id":"00000000-0000-0000-0000-000000000104","kind":"person","scope":"organisation","version":5,"fields":{"active":true,"branch":"00000000-0000-0000-0000-000000000020","branch_name":"滨江支行","login":"office","name":"office 的姓名","role":"back_office","team_name":"一部"},"created":{"version":5,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000104","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000105', 'person', NULL, NULL, 6, '{"id":"00000000-0000-0000-0000-000000000105","kind":"person","scope":"organisation","version":6,"fields":{"active":true,"branch_name":"滨江支行","login":"admin","name":"admin 的姓名","role":"administrator","team_name":"一部"},"created":{"version":6,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000105","device":"00000000-0000-0000-0000-000000000000"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000066', 'circle', '00000000-0000-0000-0000-000000000066', NULL, 9, '{"id":"00000000-0000-0000-0000-000000000066","kind":"circle","scope":{"customer":"00000000-0000-0000-0000-000000000066"},"version":9,"fields":{"lead":"00000000-0000-0000-0000-000000000100","name":"退出方案","purpose":"只有我们知道"},"created":{"version":9,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-72c4-933b-487f0a41d3f1', 'conflict', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, 12, '{"id":"01a1fb67-1be8-72c4-933b-487f0a41d3f1","kind":"conflict","scope":{"customer":"01a1fb67-1800-7bf1-8b02-045fca352e35"},"version":12,"fields":{"aside":"021-5550 1111","aside_at":1795219200000,"aside_by":"00000000-0000-0000-0000-000000000103","path":"phone","record":"01a1fb67-1800-7bf1-8b02-045fca352e35","record_kind":"customer","stands":"021-5550 2222","stands_at":1795219201000,"stands_by":"00000000-0000-0000-0000-000000000100"},"created":{"version":12,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7820-82bf-b84358814f08"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1be8-70de-b292-350bc638787b', 'note', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, 13, '{"id":"01a1fb67-1be8-70de-b292-350bc638787b","kind":"note","scope":{"customer":"01a1fb67-1800-7bf1-8b02-045fca352e35"},"version":13,"fields":{"text":"见了王总 👍 ''引号'' \\ \n第二段"},"created":{"version":13,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000077', 'contact', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, 15, '{"id":"00000000-0000-0000-0000-000000000077","kind":"contact","scope":{"customer":"01a1fb67-1800-7bf1-8b02-045fca352e35"},"version":15,"fields":{"name":"李娜"},"created":{"version":14,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"},"deleted":{"version":15,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7bf1-8b02-045fca352e35', 'customer', '01a1fb67-1800-7bf1-8b02-045fca352e35', NULL, 16, '{"id":"01a1fb67-1800-7bf1-8b02-045fca352e35","kind":"customer","scope":{"customer":"01a1fb67-1800-7bf1-8b02-045fca352e35"},"version":16,"fields":{"branch":"00000000-0000-0000-0000-000000000020","email":"office@example.cn","name":"上海华信科技有限公司","owner":"00000000-0000-0000-0000-000000000100","phone":"021-5550 2222","team":"00000000-0000-0000-0000-000000000031","type":"corporate"},"created":{"version":7,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"},"stamps":{"email":{"version":16,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7820-82bf-b84358814f08"},"phone":{"version":11,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"}}}');
INSERT INTO public.record VALUES ('00000000-0000-0000-0000-000000000010', '01a1fb67-1800-7487-aa38-0eba59a18726', 'customer', '01a1fb67-1800-7487-aa38-0eba59a18726', NULL, 17, '{"id":"01a1fb67-1800-7487-aa38-0eba59a18726","kind":"customer","scope":{"customer":"01a1fb67-1800-7487-aa38-0eba59a18726"},"version":17,"fields":{"branch":"00000000-0000-0000-0000-000000000020","name":"杭州恒源纺织厂","owner":"00000000-0000-0000-0000-000000000101","team":"00000000-0000-0000-0000-000000000031","type":"corporate"},"created":{"version":8,"at":1795219200000,"by":"00000000-0000-0000-0000-000000000100","device":"01a1fb67-1800-7fed-a7ca-62412632897f"},"stamps":{"owner":{"version":17,"at":1795219201000,"by":"00000000-0000-0000-0000-000000000103","device":"01a1fb67-1800-7820-82bf-b84358814f08"}}}');


--
-- Data for Name: scope_channel; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'user:00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7bf1-8b02-045fca352e35');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'team:00000000-0000-0000-0000-000000000031', '01a1fb67-1800-7bf1-8b02-045fca352e35');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'branch:00000000-0000-0000-0000-000000000020', '01a1fb67-1800-7bf1-8b02-045fca352e35');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'organisation', '01a1fb67-1800-7bf1-8b02-045fca352e35');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'team:00000000-0000-0000-0000-000000000031', '01a1fb67-1800-7487-aa38-0eba59a18726');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'branch:00000000-0000-0000-0000-000000000020', '01a1fb67-1800-7487-aa38-0eba59a18726');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'organisation', '01a1fb67-1800-7487-aa38-0eba59a18726');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'user:00000000-0000-0000-0000-000000000100', '00000000-0000-0000-0000-000000000066');
INSERT INTO public.scope_channel VALUES ('00000000-0000-0000-0000-000000000010', 'user:00000000-0000-0000-0000-000000000101', '01a1fb67-1800-7487-aa38-0eba59a18726');


--
-- Data for Name: scope_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scope_event VALUES ('00000000-0000-0000-0000-000000000010', 17, 'user:00000000-0000-0000-0000-000000000101', '01a1fb67-1800-7487-aa38-0eba59a18726', true);
INSERT INTO public.scope_event VALUES ('00000000-0000-0000-0000-000000000010', 17, 'user:00000000-0000-0000-0000-000000000100', '01a1fb67-1800-7487-aa38-0eba59a18726', false);


--
-- Data for Name: session; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.session VALUES ('\xc6ad067fb6d19026095bd295a8b1f314b4022db27b4f6fc415c5b04e54aab9db', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000100', 'b02ce638e577524c971610da06abfbf68db551d580f726f723927c5ded031295', 1795219200000, 1795262400000);
INSERT INTO public.session VALUES ('\xbd6feffd6c1d7e6513c218001c17dcfabe434806404aafbc7bd832de88c4d30a', '00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000103', 'b07d72ee886d1980701f613cee4bdead7f96001645ef1b1d5d0a3562b7636fc8', 1795219200000, 1795262400000);


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
-- Name: former_run former_run_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.former_run
    ADD CONSTRAINT former_run_pkey PRIMARY KEY (org_id, epoch);


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
    ADD CONSTRAINT scope_channel_pkey PRIMARY KEY (org_id, channel, root);


--
-- Name: scope_event scope_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scope_event
    ADD CONSTRAINT scope_event_pkey PRIMARY KEY (org_id, version, channel, root);


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
-- Name: record_by_kind; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_kind ON public.record USING btree (org_id, kind, version);


--
-- Name: record_by_root; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_by_root ON public.record USING btree (org_id, root, version);


--
-- Name: record_by_version; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX record_by_version ON public.record USING btree (org_id, version);


--
-- Name: record_loose; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_loose ON public.record USING btree (org_id, version) WHERE (root IS NULL);


--
-- Name: scope_channel_by_root; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX scope_channel_by_root ON public.scope_channel USING btree (org_id, root, channel);


--
-- Name: sign_in_name_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sign_in_name_by_user ON public.sign_in_name USING btree (org_id, user_id);


--
-- PostgreSQL database dump complete
--


