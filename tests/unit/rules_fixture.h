/* A small contest in memory, and changes to it: what the tests of the rules share.
 * templates/words.yaml is the repository's own. */
#ifndef XINLV_TESTS_RULES_FIXTURE_H
#define XINLV_TESTS_RULES_FIXTURE_H

#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "row.h"
#include "rules/rules.h"

static const char small_contest[] =
	"edition: small-1\n"
	"name: 小赛\n"
	"short_name: 小赛\n"
	"organiser: 主办\n"
	"committee: 秘书处\n"
	"zone: Asia/Shanghai\n"
	"contacts: [{name: 陈, phone: \"1\"}]\n"
	"directions: [{code: A, name: 方向}]\n"
	"entry_number: \"{track}-{seq:4}\"\n"
	"phases:\n"
	"  - id: collection\n"
	"    name: 征集\n"
	"    opens: 2023-01-06\n"
	"    closes: 2023-03-31\n"
	"    accepts: [entries, supplements]\n"
	"eligibility:\n"
	"  text: 境内\n"
	"  conditions:\n"
	"    - id: kind\n"
	"      where: org.kind <> '其他'\n"
	"      says: 不接受{{org.kind}}\n"
	"      blame: [org.kind]\n"
	"awards: [{name: 一等奖, quota: 1}]\n";

static const char small_form[] =
	"title: 申报表\n"
	"version: \"1\"\n"
	"lists:\n"
	"  kinds: [企业, 学校, 其他]\n"
	"sections:\n"
	"  - key: main\n"
	"    title: 一\n"
	"    fields:\n"
	"      - key: project.title\n"
	"        label: 名称\n"
	"        kind: text\n"
	"        role: title\n"
	"        required: true\n"
	"        chars: {min: 2, max: 10}\n"
	"      - key: org.name\n"
	"        label: 单位\n"
	"        kind: text\n"
	"        role: org\n"
	"      - key: org.kind\n"
	"        label: 性质\n"
	"        kind: choice\n"
	"        choices: kinds\n"
	"      - key: org.uscc\n"
	"        label: 代码\n"
	"        kind: uscc\n"
	"        role: uscc\n"
	"        required_when: \"org.kind = '企业'\"\n"
	"      - key: mail\n"
	"        label: 邮箱\n"
	"        kind: email\n"
	"        role: contact_mail\n"
	"      - key: project.start\n"
	"        label: 开始\n"
	"        kind: date\n"
	"      - key: project.end\n"
	"        label: 结束\n"
	"        kind: date\n"
	"        value: {min: 2020-01-01, max: 2030-12-31}\n"
	"      - key: project.money\n"
	"        label: 金额\n"
	"        kind: number\n"
	"        unit: 万元\n"
	"      - key: project.areas\n"
	"        label: 领域\n"
	"        kind: choices\n"
	"        choices: [水, 电, 气]\n"
	"    tables:\n"
	"      - key: members\n"
	"        label: 成员\n"
	"        rows: {min: 1, max: 5}\n"
	"        columns:\n"
	"          - {key: name, label: 姓名, kind: text, required: true}\n"
	"          - {key: share, label: 份额, kind: number}\n"
	"          - {key: end, label: 结束, kind: month}\n"
	"  - key: last\n"
	"    title: 末\n"
	"    after_track: true\n"
	"    fields:\n"
	"      - {key: agree, label: 承诺, kind: confirm, choices: [同意]}\n"
	"files:\n"
	"  - {key: stamped, label: 盖章页, required_when: \"project.money > 100\", formats: [pdf, jpg], max_mb: 5}\n"
	"checks:\n"
	"  - id: order\n"
	"    where: project.end >= project.start\n"
	"    says: 结束{{project.end}}早于开始\n"
	"    blame: [project.start, project.end]\n";

static const char small_mail[] =
	"robot: 小赛 <Robot@Example.ORG>\n"
	"secretariat: [office@example.org]\n"
	"fetch:\n"
	"  url: maildir:spool/inbox\n"
	"send:\n"
	"  url: maildir:spool/outbox\n";

static const char small_track[] =
	"code: T1\n"
	"name: 甲\n"
	"direction: A\n"
	"keywords: [甲]\n"
	"sections:\n"
	"  - key: own\n"
	"    title: 专项\n"
	"    fields:\n"
	"      - key: pue\n"
	"        label: PUE\n"
	"        kind: number\n"
	"        value: {min: 1, max: 5}\n"
	"        pattern: '[0-9.]+'\n"
	"        pattern_says: 数字\n"
	"        samples: {pass: [\"1.2\"], fail: [\"9\"]}\n";

static const char small_track2[] =
	"code: T2\n"
	"name: 乙\n"
	"direction: A\n";

/* The small contest; words from the repository. */
static inline Source small_source(Arena *a) {
	static char *own_words;
	if (!own_words) {
		Buf b = {0};
		Err e = {0};
		if (file_read(AT_FDCWD, "templates/words.yaml", 0, &b, &e))
			fail_msg("run from the root of the repository: %s", e.text);
		own_words = b.p; /* kept until the end of the tests */
	}
	const struct {
		const char *path, *text;
	} files[] = {
		{"rules/contest.yaml", small_contest},   {"rules/form.yaml", small_form},
		{"rules/mail.yaml", small_mail},         {"rules/tracks/T1.yaml", small_track},
		{"rules/tracks/T2.yaml", small_track2},  {"templates/words.yaml", own_words},
	};
	Source s = {.file = arena_array(a, 10, sizeof *s.file), .n = 6};
	for (size_t i = 0; i < 6; i++)
		s.file[i] = (SourceFile){.path = files[i].path, .bytes = str_of(files[i].text)};
	return s;
}

/* Puts `with` in the place of the first `what` of a file; what NULL: appends. */
static inline void small_change(Arena *a, Source *s, const char *path, const char *what, const char *with) {
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->file[i].path, path) != 0)
			continue;
		const char *old = str_dup(a, s->file[i].bytes);
		const char *at = what ? strstr(old, what) : old + strlen(old);
		if (!at)
			fail_msg("%s does not hold \"%s\"", path, what);
		char *text = arena_fmt(a, "%.*s%s%s", (int)(at - old), old, with, at + (what ? strlen(what) : 0));
		s->file[i].bytes = str_of(text);
		return;
	}
	fail_msg("there is no %s", path);
}

/* Loads what must load. */
static inline Rules *small_rules(const Source *s) {
	Err e = {0};
	Buf faults = {0};
	Rules *r = rules_load(s, &faults, &e);
	if (!r)
		fail_msg("%s\n%s", e.text, buf_cstr(&faults));
	buf_free(&faults);
	return r;
}

#endif
