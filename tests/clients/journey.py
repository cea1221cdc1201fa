"""What another program does with Rapport, with a client that was generated from the document the server serves.

It signs in, pulls, pushes, meets a conflict and refusals, and signs out. Whatever it sends is a model of the generated
client; no JSON is written by hand. Whatever the server answers is held against the document on the way. It knows the
made-up bank's sign-in names and nothing else of the server.
"""

import datetime
import json
import sys
import time
import uuid
from http.cookies import SimpleCookie

import httpx
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

from rapport_client import AuthenticatedClient, Client
from rapport_client.api.customers import search_customers, show_customer
from rapport_client.api.session import show_session, sign_in, sign_out
from rapport_client.api.sync import sync
from rapport_client.models import (
    AppendOnlyRefusal,
    AppliedOutcome,
    Change,
    ConflictChanges,
    ConflictMutation,
    ConflictRecord,
    CustomerChanges,
    CustomerMutation,
    CustomerRecord,
    CustomerScope,
    CustomerSearch,
    DayChange,
    DeletedRecord,
    FlagChange,
    MergedOutcome,
    MissingFieldRefusal,
    NoteChanges,
    NoteMutation,
    NoteRecord,
    OtherMutation,
    PersonOutOfReachRefusal,
    PersonRecord,
    Problem,
    ProblemCode,
    RefusedOutcome,
    RepeatChoice,
    RepeatChoiceChange,
    RequiredLineChange,
    RequiredTextChange,
    SignIn,
    SyncRequest,
    SyncResponse,
    TaskChanges,
    TaskMutation,
    TaskRecord,
    UnknownKindRefusal,
    UserIdChange,
    UserScope,
    WriteConflictOperation,
    WriteCustomerOperation,
    WriteNoteOperation,
    WriteOperation,
    WriteOperationWrite,
    WriteTaskOperation,
)
from rapport_client.types import UNSET

PASSWORD = "rapport-demo"
COOKIE = "__Host-rapport"
CSRF_HEADER = "x-rapport-csrf"
PAGE = 500


def check(holds, *what):
    """Ends the journey unless something holds."""
    if not holds:
        sys.exit("not as expected: " + " ".join(repr(part) for part in what))


def fresh_id():
    """A UUID of version 7: ordered by the time of its making."""
    value = (time.time_ns() // 1_000_000) << 80 | uuid.uuid4().int & ((1 << 80) - 1)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


class Described:
    """Holds every answer against the document."""

    def __init__(self, document):
        self.document = document
        self.validators = {}

    def hear(self, response):
        """Looks at one answer."""
        response.read()
        path, operation = self.operation(response.request)
        answers = operation["responses"]
        status = str(response.status_code)
        check(status in answers, path, status, "is not described")
        content = answers[status].get("content")
        if content is None:
            check(not response.content, path, "has a body that is not described")
            return
        kind = response.headers["content-type"].split(";")[0]
        check(kind in content, path, kind, "is not described")
        if (path, status) not in self.validators:
            schema = {**content[kind]["schema"], "components": self.document["components"]}
            self.validators[path, status] = Draft202012Validator(schema)
        errors = list(self.validators[path, status].iter_errors(json.loads(response.content)))
        check(not errors, path, status, [(error.instance_path, error.message[:500]) for error in errors[:3]])

    def operation(self, request):
        """The operation that was asked for."""
        asked = request.url.path.split("/")
        for path, item in self.document["paths"].items():
            parts = path.split("/")
            fits = len(parts) == len(asked) and all(p == a or p.startswith("{") for p, a in zip(parts, asked))
            if fits and request.method.lower() in item:
                return path, item[request.method.lower()]
        return sys.exit(f"{request.method} {request.url.path} is not described")


class Device:
    """A program of somebody who is signed in, with an identity of its own and what it has pulled."""

    def __init__(self, url, described, login):
        arguments = {"event_hooks": {"response": [described.hear]}}
        answer = sign_in.sync_detailed(
            client=Client(base_url=url, httpx_args=arguments), body=SignIn(login=login, password=PASSWORD)
        )
        self.session = answer.parsed
        check(answer.status_code == 200, login, answer)
        # The cookie is for HTTPS, so on plain HTTP no jar sends it back: it is taken over by hand.
        cookies = SimpleCookie()
        for header in answer.headers.get_list("set-cookie"):
            cookies.load(header)
        self.client = AuthenticatedClient(
            base_url=url,
            token=self.session.csrf,
            prefix="",
            auth_header_name=CSRF_HEADER,
            cookies={COOKIE: cookies[COOKIE].value},
            httpx_args=arguments,
        )
        self.user = self.session.profile.user
        self.id = fresh_id()
        self.made = 0
        self.cursor = UNSET
        self.records = {}

    def exchange(self, *mutations):
        """Pushes, then pulls until nothing more waits; the outcomes, in order."""
        mutations, outcomes, more = list(mutations), [], True
        while more:
            request = SyncRequest(device=self.id, limit=PAGE, cursor=self.cursor, mutations=mutations or UNSET)
            answer = sync.sync(client=self.client, body=request)
            check(isinstance(answer, SyncResponse), answer)
            outcomes += [one.outcome for one in answer.acknowledgements or []]
            check(len(answer.acknowledgements or []) == len(mutations), answer.acknowledgements)
            for record in answer.page.records or []:
                self.records[record.id] = record
            mutations, self.cursor, more = [], answer.page.cursor, answer.page.more is True
        return outcomes

    def push(self, *mutations):
        """Pushes one or several; the only outcome, or all."""
        outcomes = self.exchange(*mutations)
        return outcomes[0] if len(outcomes) == 1 else outcomes

    def held(self, of):
        """What was pulled of one kind."""
        return [record for record in self.records.values() if isinstance(record, of)]

    def intent(self, model, kind, record, scope, operation, base=0):
        """A mutation of this device."""
        self.made += 1
        return model(
            id=fresh_id(),
            device=self.id,
            device_seq=self.made,
            author=self.user,
            at=self.session.now,
            record=record,
            kind=kind,
            scope=scope,
            base=base,
            operation=operation,
        )

    def task(self, changes, record=None, scope=None, base=0):
        """Something written to a task, a new one unless it is named."""
        scope = scope or UserScope(user=self.user)
        operation = WriteTaskOperation(write=changes)
        return self.intent(TaskMutation, "task", record or fresh_id(), scope, operation, base)


def wrong_password(url, described):
    """A refusal of the whole request has a code that is known by name."""
    client = Client(base_url=url, httpx_args={"event_hooks": {"response": [described.hear]}})
    answer = sign_in.sync(client=client, body=SignIn(login="rm1", password="wrong"))
    check(isinstance(answer, Problem) and answer.code is ProblemCode.WRONG_CREDENTIALS, answer)


def pulls(device):
    """What the made-up bank holds comes as records of kinds that are known, with their fields."""
    device.exchange()
    customers = device.held(CustomerRecord)
    check(customers and all(customer.fields.name for customer in customers), len(customers))
    check(any(person.fields.login == "rm1" for person in device.held(PersonRecord)), "the directory has no rm1")
    kinds = {record.kind for record in device.records.values()}
    check(kinds <= set(device.session.kinds), kinds)
    unknown = [record for record in device.records.values() if type(record).__name__ == "OtherRecord"]
    check(not unknown, unknown[:1])
    return customers[0]


def pushes(laptop, tablet, customer):
    """A task and a note are written on one device and read on the other; of a map one entry changes."""
    day = datetime.date(2026, 12, 5)
    changes = TaskChanges(
        title=RequiredLineChange(to="寄送授信材料"),
        due=DayChange(to=day),
        repeat=RepeatChoiceChange(to=RepeatChoice.MONTHLY),
    )
    scope = CustomerScope(customer=customer.id)
    task = laptop.task(changes, scope=scope)
    words = NoteChanges(text=RequiredTextChange(to="客户计划扩建厂房。"), needs_loan=FlagChange(to=True))
    note = laptop.intent(NoteMutation, "note", fresh_id(), scope, WriteNoteOperation(write=words))
    tags = CustomerChanges()
    tags["tags.出口"] = Change(to=True)
    tagged = laptop.intent(
        CustomerMutation, "customer", customer.id, scope, WriteCustomerOperation(write=tags), customer.version
    )
    outcomes = laptop.push(task, note, tagged)
    check(all(isinstance(outcome, AppliedOutcome) for outcome in outcomes), outcomes)

    tablet.exchange()
    seen = tablet.records[task.record]
    check(isinstance(seen, TaskRecord) and seen.fields.title == "寄送授信材料", seen)
    check(seen.fields.due == day and seen.fields.repeat is RepeatChoice.MONTHLY, seen.fields)
    heard = tablet.records[note.record]
    check(isinstance(heard, NoteRecord) and heard.fields.needs_loan is True, heard)
    check(tablet.records[customer.id].fields["tags.出口"] is True, tablet.records[customer.id].fields)

    # A note that was submitted is corrected by another one, never changed.
    words = WriteNoteOperation(write=NoteChanges(text=RequiredTextChange(to="别的内容")))
    again = tablet.intent(NoteMutation, "note", heard.id, scope, words, heard.version)
    refused = tablet.push(again)
    check(isinstance(refused, RefusedOutcome) and isinstance(refused.refused, AppendOnlyRefusal), refused)
    return seen


def conflicts(laptop, tablet, task):
    """Two devices write one field without knowing of each other: one value stands, both are kept, and both are told."""

    def titled(device, title):
        changes = TaskChanges(title=RequiredLineChange(from_=task.fields.title, to=title))
        return device.task(changes, task.id, task.scope, task.version)

    first = laptop.push(titled(laptop, "寄送授信材料（原件）"))
    check(isinstance(first, AppliedOutcome), first)
    second = tablet.push(titled(tablet, "当面交授信材料"))
    check(isinstance(second, MergedOutcome) and second.merged.conflicts == ["title"], second)
    laptop.exchange()
    for device in (laptop, tablet):
        told = [one for one in device.held(ConflictRecord) if one.fields.record == task.id]
        check(len(told) == 1 and told[0].fields.path == "title", told)
        fields = told[0].fields
        check({fields.stands, fields.aside} == {"寄送授信材料（原件）", "当面交授信材料"}, fields)
        check(device.records[task.id].fields.title == fields.stands, device.records[task.id])
    settled = WriteConflictOperation(write=ConflictChanges(resolved=FlagChange(to=True)))
    conflict = told[0]
    outcome = tablet.push(
        tablet.intent(ConflictMutation, "conflict", conflict.id, conflict.scope, settled, conflict.version)
    )
    check(isinstance(outcome, AppliedOutcome), outcome)
    laptop.exchange()
    check(laptop.records[conflict.id].fields.resolved is True, laptop.records[conflict.id])


def refusals(device):
    """What is refused says why by its type, and names the field; the rest of the request is carried out."""
    nameless = device.task(TaskChanges(due=DayChange(to=datetime.date(2026, 12, 5))))
    stranger = TaskChanges(title=RequiredLineChange(to="转交"), assignee=UserIdChange(to=fresh_id()))
    words = WriteOperationWrite()
    words["name"] = Change(to="x")
    operation = WriteOperation(write=words)
    scope = UserScope(user=device.user)
    good = device.task(TaskChanges(title=RequiredLineChange(to="打电话")))
    outcomes = device.push(
        nameless,
        device.task(stranger),
        device.intent(OtherMutation, "hologram", fresh_id(), scope, operation),
        good,
    )
    missing, far, unknown = [outcome.refused for outcome in outcomes[:3]]
    check(isinstance(missing, MissingFieldRefusal) and missing.field == "title", missing)
    check(isinstance(far, PersonOutOfReachRefusal) and far.field == "assignee", far)
    check(isinstance(unknown, UnknownKindRefusal), unknown)
    check(isinstance(outcomes[3], AppliedOutcome), outcomes[3])
    return good


def deletes(laptop, tablet, written):
    """What is deleted leaves a trace that says so."""
    tablet.exchange()
    seen = tablet.records[written.record]
    outcome = tablet.push(tablet.intent(TaskMutation, "task", seen.id, seen.scope, "delete", seen.version))
    check(isinstance(outcome, AppliedOutcome), outcome)
    laptop.exchange()
    left = laptop.records[seen.id]
    check(isinstance(left, DeletedRecord) and left.kind == "task" and left.deleted.device == tablet.id, left)


def reads_online(url, described):
    """Who reads wider than what is held looks a customer up on the server."""
    lead = Device(url, described, "lead1")
    found = search_customers.sync(client=lead.client, body=CustomerSearch(text="", limit=5))
    check(found.rows and found.found >= len(found.rows), found)
    whole = show_customer.sync(client=lead.client, id=str(found.rows[0].record.id))
    check(any(isinstance(record, CustomerRecord) for record in whole.records), whole)
    missing = show_customer.sync(client=lead.client, id=str(fresh_id()))
    check(isinstance(missing, Problem) and missing.code is ProblemCode.NOT_FOUND, missing)


def signs_out(device):
    """A session that has ended is told as such."""
    check(sign_out.sync_detailed(client=device.client).status_code == 204, "signing out")
    after = show_session.sync(client=device.client)
    check(isinstance(after, Problem) and after.code is ProblemCode.SIGNED_OUT, after)


def main():
    """The whole journey, told step by step."""
    url = sys.argv[1]
    document = httpx.get(url + "/api/openapi.json").json()
    validate(document)
    print("the document is valid OpenAPI", document["openapi"])
    described = Described(document)
    wrong_password(url, described)
    laptop, tablet = Device(url, described, "rm1"), Device(url, described, "rm1")
    print("signed in twice")
    customer = pulls(laptop)
    tablet.exchange()
    print("pulled", len(laptop.records), "records")
    task = pushes(laptop, tablet, customer)
    print("pushed, and read on the other device")
    conflicts(laptop, tablet, task)
    own = laptop.task(TaskChanges(title=RequiredLineChange(to="整理名片")))
    laptop.push(own)
    tablet.exchange()
    conflicts(laptop, tablet, tablet.records[own.record])
    print("met a conflict, was told, settled it")
    written = refusals(laptop)
    print("met refusals by name")
    deletes(laptop, tablet, written)
    reads_online(url, described)
    signs_out(tablet)
    print("signed out; answers held against the document:", len(described.validators))


main()
