/* Every text of templates/words.yaml that the program uses, and the placeholders
 * it may hold.  One row a key, grouped by the room that uses it: WORD(key, "placeholders").
 * A key that is not here is refused in words.yaml, a key here that words.yaml lacks
 * too.  Add rows at the end of your room's group, or a group at the end. */
#ifndef XINLV_RULES_WORDS_KEYS_H
#define XINLV_RULES_WORDS_KEYS_H

/* What each sentence about a value may say: the field's label, what was typed,
 * what is wanted, an example, the file or cell it is in. */
#define WORD_VALUE "label found want example where"

#define WORDS_KEYS(WORD) \
	/* rules and judge: faults of a value */ \
	WORD("problem.required", WORD_VALUE) \
	WORD("problem.too_short", WORD_VALUE " chars min under") \
	WORD("problem.too_long", WORD_VALUE " chars max over") \
	WORD("problem.pattern", WORD_VALUE) \
	WORD("problem.number", WORD_VALUE " unit") \
	WORD("problem.integer", WORD_VALUE " unit") \
	WORD("problem.number_about", WORD_VALUE " unit") \
	WORD("problem.range", WORD_VALUE " unit min max") \
	WORD("problem.percent", WORD_VALUE) \
	WORD("problem.percent_small", WORD_VALUE " nearest") \
	WORD("problem.percent_range", WORD_VALUE " nearest") \
	WORD("problem.date", WORD_VALUE) \
	WORD("problem.month", WORD_VALUE) \
	WORD("problem.date_range", WORD_VALUE " min max") \
	WORD("problem.choice", WORD_VALUE " choices nearest") \
	WORD("problem.choice_near", WORD_VALUE " choices nearest") \
	WORD("problem.choices", WORD_VALUE " choices nearest") \
	WORD("problem.choices_near", WORD_VALUE " choices nearest") \
	WORD("problem.confirm", WORD_VALUE) \
	WORD("problem.uscc_shape", WORD_VALUE " chars") \
	WORD("problem.uscc_check", WORD_VALUE) \
	WORD("problem.id_number_given", WORD_VALUE) \
	WORD("problem.id_number_inside", WORD_VALUE) \
	WORD("problem.mobile", WORD_VALUE) \
	WORD("problem.phone", WORD_VALUE) \
	WORD("problem.email", WORD_VALUE) \
	WORD("problem.postcode", WORD_VALUE) \
	WORD("problem.digits_lost", WORD_VALUE) \
	WORD("problem.formula_no_value", WORD_VALUE) \
	WORD("problem.cell_error", WORD_VALUE) \
	WORD("problem.picture", WORD_VALUE) \
	WORD("problem.repaired", WORD_VALUE " read") \
	WORD("problem.empty", WORD_VALUE) \
	/* judge: faults of a table, a file, a form */ \
	WORD("problem.rows_min", "label rows min where") \
	WORD("problem.rows_max", "label rows max where") \
	WORD("problem.column_required", "label table row example where want") \
	WORD("problem.file_missing", "label formats help max pictures") \
	WORD("problem.file_format", "label name found formats") \
	WORD("problem.file_too_large", "label name found max") \
	WORD("problem.file_encrypted", "label name") \
	WORD("problem.file_damaged", "label name") \
	WORD("problem.file_unopenable", "label name") \
	WORD("problem.file_volume", "label name") \
	WORD("problem.no_form", "name") \
	WORD("problem.form_empty", "name") \
	WORD("problem.form_damaged", "name") \
	WORD("problem.form_encrypted", "name") \
	WORD("problem.form_too_large", "name max") \
	WORD("problem.wrong_edition", "name found want") \
	WORD("problem.previous_edition", "name found want") \
	WORD("problem.wrong_track", "name found tracks") \
	WORD("problem.no_track", "name tracks") \
	WORD("problem.old_version", "name found want") \
	WORD("problem.label_unknown", "label name where") \
	WORD("problem.twice", "label found other where") \
	/* judge: what is wanted of a value, for {{want}} */ \
	WORD("want.text", "") \
	WORD("want.longtext", "") \
	WORD("want.integer", "unit") \
	WORD("want.number", "unit") \
	WORD("want.percent", "") \
	WORD("want.date", "") \
	WORD("want.month", "") \
	WORD("want.choice", "choices") \
	WORD("want.choices", "choices") \
	WORD("want.confirm", "choices") \
	WORD("want.uscc", "") \
	WORD("want.mobile", "") \
	WORD("want.phone", "") \
	WORD("want.email", "") \
	WORD("want.postcode", "") \
	WORD("want.chars_between", "min max") \
	WORD("want.chars_min", "min") \
	WORD("want.chars_max", "max") \
	WORD("want.between", "min max unit") \
	WORD("want.min", "min unit") \
	WORD("want.max", "max unit") \
	WORD("want.not_before", "min") \
	WORD("want.not_after", "max") \
	WORD("want.required_yes", "") \
	WORD("want.required_when", "") \
	/* where something is that has no cell */ \
	WORD("where.body", "") \
	WORD("where.mail", "") \
	WORD("where.row", "row") \
	/* rules: moments and spans */ \
	WORD("when.moment", "year month day weekday time") \
	WORD("when.day", "year month day weekday") \
	WORD("when.end_of_day", "") \
	WORD("when.weekday_0", "") \
	WORD("when.weekday_1", "") \
	WORD("when.weekday_2", "") \
	WORD("when.weekday_3", "") \
	WORD("when.weekday_4", "") \
	WORD("when.weekday_5", "") \
	WORD("when.weekday_6", "") \
	WORD("when.days", "n") \
	WORD("when.hours", "n") \
	WORD("when.minutes", "n") \
	WORD("when.under_a_minute", "") \
	/* reader and judge: what a file is by its bytes */ \
	WORD("kind.unknown", "") \
	WORD("kind.empty", "") \
	WORD("kind.xlsx", "") \
	WORD("kind.xls", "") \
	WORD("kind.docx", "") \
	WORD("kind.doc", "") \
	WORD("kind.pptx", "") \
	WORD("kind.wps", "") \
	WORD("kind.xlsb", "") \
	WORD("kind.msg", "") \
	WORD("kind.iwork", "") \
	WORD("kind.ofd", "") \
	WORD("kind.ole-encrypted", "") \
	WORD("kind.ole", "") \
	WORD("kind.ods", "") \
	WORD("kind.pdf", "") \
	WORD("kind.jpg", "") \
	WORD("kind.png", "") \
	WORD("kind.gif", "") \
	WORD("kind.bmp", "") \
	WORD("kind.tiff", "") \
	WORD("kind.webp", "") \
	WORD("kind.heic", "") \
	WORD("kind.zip", "") \
	WORD("kind.rar", "") \
	WORD("kind.7z", "") \
	WORD("kind.gz", "") \
	WORD("kind.tnef", "") \
	WORD("kind.eml", "") \
	WORD("kind.html", "") \
	WORD("kind.txt", "") \
	WORD("kind.ics", "") \
	WORD("kind.signature", "") \
	WORD("kind.p7m", "") \
	WORD("kind.video", "") \
	WORD("kind.audio", "") \
	/* store: states of an entry */ \
	WORD("state.accepted", "") \
	WORD("state.eligible", "") \
	WORD("state.ineligible", "") \
	WORD("state.reviewed", "") \
	WORD("state.unfit", "") \
	WORD("state.shortlisted", "") \
	WORD("state.eliminated", "") \
	WORD("state.awarded", "") \
	WORD("state.unplaced", "") \
	WORD("state.withdrawn", "") \
	/* judge: outcomes of a message */ \
	WORD("outcome.accepted", "") \
	WORD("outcome.rejected", "") \
	WORD("outcome.late", "") \
	WORD("outcome.duplicate", "") \
	WORD("outcome.not-eligible", "") \
	WORD("outcome.precheck", "") \
	WORD("outcome.supplement", "") \
	WORD("outcome.request", "") \
	WORD("outcome.change", "") \
	WORD("outcome.decision", "") \
	WORD("outcome.note", "") \
	WORD("outcome.auto-reply", "") \
	WORD("outcome.bounce", "") \
	WORD("outcome.bulk", "") \
	WORD("outcome.loop", "") \
	WORD("outcome.unrecognised", "") \
	WORD("outcome.quarantined", "") \
	/* command: a message that was never fetched */ \
	WORD("problem.whole_mail", "") \
	WORD("problem.mail_too_large", "bytes max") \
	/* judge: a form as a whole, its files, its track */ \
	WORD("judge.where_files", "") \
	WORD("judge.where_table", "table row column") \
	WORD("judge.unnamed_file", "no") \
	WORD("judge.a_file", "") \
	WORD("judge.row_label", "table row label") \
	WORD("judge.blame", "says cells sum") \
	WORD("judge.blame_cell", "label where found unit") \
	WORD("judge.blame_more", "count") \
	WORD("judge.track_item", "code ordinal name") \
	WORD("judge.track_conflict", "name found tracks") \
	WORD("judge.track_differs", "found other track") \
	WORD("judge.shared_file", "name count") \
	WORD("judge.whose_files", "files count") \
	WORD("judge.files_cut", "count") \
	WORD("judge.forms_cut", "count") \
	WORD("judge.won_before", "title org award") \
	WORD("judge.file_unread", "label name") \
	WORD("judge.listed_missing", "name") \
	WORD("judge.some_fields", "") \
	WORD("judge.twice_in_mail", "file other") \
	WORD("judge.not_open_yet", "opens") \
	WORD("judge.closed", "closes") \
	WORD("judge.filed_before", "number") \
	WORD("judge.nothing", "") \
	WORD("judge.forwarded", "by sender received") \
	/* judge: why there is no form to judge */ \
	WORD("near.no_form", "") \
	WORD("near.link_only", "") \
	WORD("near.scan_only", "file") \
	WORD("near.unreadable_kind", "file kind") \
	WORD("near.encrypted", "file") \
	WORD("near.archive_encrypted", "file") \
	WORD("near.split_archive", "file") \
	WORD("near.unopenable", "file") \
	WORD("near.mail_file", "file") \
	WORD("near.archive_kind", "file") \
	WORD("near.lock_file", "file") \
	WORD("near.archive_too_large", "file") \
	WORD("near.form_too_large", "file") \
	WORD("near.too_many_files", "") \
	WORD("near.too_deep", "file") \
	WORD("near.mail_encrypted", "file") \
	WORD("near.damaged", "file") \
	WORD("near.empty_mail", "") \
	WORD("near.other_contest", "file") \
	WORD("near.body_pasted", "") \
	WORD("near.disagree", "file other fields") \
	/* judge: lists of words, by which a mail's wish is told */ \
	WORD("intent.precheck", "") \
	WORD("intent.submit", "") \
	WORD("intent.no_submit", "") \
	WORD("intent.change", "") \
	WORD("intent.withdraw", "") \
	WORD("intent.object", "") \
	WORD("intent.forms", "") \
	WORD("intent.join", "") \
	WORD("intent.help", "") \
	WORD("intent.progress", "") \
	WORD("intent.thanks", "") \
	WORD("intent.question", "") \
	WORD("intent.enclosed", "") \
	WORD("intent.entry", "") \
	WORD("intent.contest", "") \
	/* command: the readable page in an entry's folder */ \
	WORD("summary.line", "label value") \
	WORD("summary.section", "title") \
	WORD("summary.number", "") \
	WORD("summary.track", "") \
	WORD("summary.received", "") \
	WORD("summary.accepted", "") \
	WORD("summary.sender", "") \
	WORD("summary.files", "") \
	WORD("summary.file_name", "") \
	/* command: the digest and its workbook */ \
	WORD("digest.sheet_overview", "") \
	WORD("digest.sheet_eligibility", "") \
	WORD("digest.sheet_formal", "") \
	WORD("digest.sheet_late", "") \
	WORD("digest.sheet_mend", "") \
	WORD("digest.sheet_read", "") \
	WORD("digest.sheet_unreached", "") \
	WORD("digest.sheet_twin", "") \
	WORD("digest.sheet_alike", "") \
	WORD("digest.sheet_all", "") \
	WORD("digest.sheet_petition", "") \
	WORD("digest.line_petition", "decision now") \
	WORD("digest.col_petition", "") \
	WORD("digest.col_objection", "") \
	WORD("digest.col_applicant", "") \
	WORD("digest.col_enclosed", "") \
	WORD("digest.enclosed_missing", "") \
	WORD("digest.enclosed_none", "") \
	WORD("digest.enclosed_yes", "") \
	WORD("digest.need_objection", "") \
	WORD("digest.hint_objection", "") \
	WORD("digest.note_objection", "org moment") \
	WORD("digest.need_roadshow", "") \
	WORD("digest.hint_roadshow", "") \
	WORD("digest.note_roadshow", "answer moment room") \
	WORD("digest.need_petition", "") \
	WORD("digest.hint_petition", "") \
	WORD("digest.note_petition", "kind org moment missing") \
	WORD("digest.amended", "files") \
	WORD("digest.amend_over", "until") \
	WORD("digest.amending", "n until") \
	WORD("digest.line_eligibility", "decision now") \
	WORD("digest.line_formal", "decision now") \
	WORD("digest.line_late", "decision now") \
	WORD("digest.line_mend", "decision now") \
	WORD("digest.line_read", "decision now") \
	WORD("digest.line_unreached", "decision now") \
	WORD("digest.line_twin", "decision now") \
	WORD("digest.line_alike", "decision now") \
	WORD("digest.line_all", "decision now") \
	WORD("digest.left_out", "n") \
	WORD("digest.col_number", "") \
	WORD("digest.col_track", "") \
	WORD("digest.col_title", "") \
	WORD("digest.col_org", "") \
	WORD("digest.col_org_kind", "") \
	WORD("digest.col_uscc", "") \
	WORD("digest.col_province", "") \
	WORD("digest.col_contact", "") \
	WORD("digest.col_mobile", "") \
	WORD("digest.col_email", "") \
	WORD("digest.col_sender", "") \
	WORD("digest.col_from", "") \
	WORD("digest.col_person", "") \
	WORD("digest.col_received", "") \
	WORD("digest.col_accepted", "") \
	WORD("digest.col_state", "") \
	WORD("digest.col_hint", "") \
	WORD("digest.col_folder", "") \
	WORD("digest.col_file", "") \
	WORD("digest.col_subject", "") \
	WORD("digest.col_outcome", "") \
	WORD("digest.col_late_by", "") \
	WORD("digest.col_twin_of", "") \
	WORD("digest.col_alike_number", "") \
	WORD("digest.col_alike_title", "") \
	WORD("digest.col_alike_org", "") \
	WORD("digest.col_alike", "") \
	WORD("digest.alike_text", "what percent") \
	WORD("digest.alike_file", "what percent") \
	WORD("digest.col_times", "") \
	WORD("digest.col_status", "") \
	WORD("digest.col_problem", "") \
	WORD("digest.col_bounced", "") \
	WORD("digest.col_reason", "") \
	WORD("digest.stuck", "") \
	WORD("digest.once", "") \
	WORD("digest.overview_line", "from to now closes") \
	WORD("digest.figure_mails", "") \
	WORD("digest.figure_taken", "") \
	WORD("digest.figure_turned", "") \
	WORD("digest.figure_total", "") \
	WORD("digest.figure_to_check", "") \
	WORD("digest.figure_to_review", "") \
	WORD("digest.before", "n") \
	WORD("digest.by_day", "") \
	WORD("digest.date", "") \
	WORD("digest.of_taken", "") \
	WORD("digest.of_turned", "") \
	WORD("digest.by_track", "") \
	WORD("digest.fresh", "") \
	WORD("digest.funnel", "") \
	WORD("digest.reached", "") \
	WORD("digest.stands", "") \
	WORD("digest.figures_file", "day") \
	WORD("digest.book_file", "day") \
	WORD("digest.figures_title", "day") \
	WORD("digest.book_title", "day") \
	WORD("digest.more", "n") \
	WORD("digest.less", "n") \
	WORD("digest.same", "") \
	WORD("digest.need_held", "") \
	WORD("digest.hint_held", "") \
	WORD("digest.note_held", "n moment") \
	WORD("digest.opens", "phase") \
	WORD("digest.reminds", "phase") \
	WORD("digest.closes", "phase") \
	WORD("digest.need_stuck", "") \
	WORD("digest.hint_stuck", "") \
	WORD("digest.need_read", "") \
	WORD("digest.hint_read", "") \
	WORD("digest.need_bounce", "") \
	WORD("digest.hint_bounce", "") \
	WORD("digest.need_late", "") \
	WORD("digest.hint_late", "") \
	WORD("digest.need_twin", "") \
	WORD("digest.hint_twin", "") \
	WORD("digest.need_alike", "") \
	WORD("digest.hint_alike", "") \
	WORD("digest.need_quarantined", "") \
	WORD("digest.hint_quarantined", "") \
	WORD("digest.need_failed", "") \
	WORD("digest.hint_failed", "") \
	WORD("digest.note_stuck", "n moment problem") \
	WORD("digest.note_read", "outcome moment") \
	WORD("digest.note_late", "org moment span") \
	WORD("digest.late_files", "number subject") \
	WORD("digest.note_twin", "org number") \
	WORD("digest.note_alike", "org what") \
	WORD("digest.note_quarantined", "moment reason") \
	/* office: the workbooks */ \
	WORD("form.file", "code track") \
	WORD("form.sheet", "") \
	WORD("form.notes", "") \
	WORD("form.example", "") \
	WORD("form.problems", "") \
	WORD("form.seal", "") \
	WORD("form.font", "") \
	WORD("form.track", "ordinal name") \
	WORD("form.track_direction", "ordinal name direction") \
	WORD("form.deadline", "year moment") \
	WORD("form.deadline_of", "deadline phase") \
	WORD("form.send", "address closes limit notes") \
	WORD("form.legend_fill", "") \
	WORD("form.legend_required", "") \
	WORD("form.legend_conditional", "") \
	WORD("form.legend_optional", "") \
	WORD("form.required", "") \
	WORD("form.conditional", "") \
	WORD("form.optional", "") \
	WORD("form.mark", "mark") \
	WORD("form.row", "") \
	WORD("form.limit_between", "min max") \
	WORD("form.limit_min", "min") \
	WORD("form.limit_max", "max") \
	WORD("form.unit", "unit") \
	WORD("form.choose", "") \
	WORD("form.choose_several", "") \
	WORD("form.choices_are", "choices") \
	WORD("form.confirm", "choice") \
	WORD("form.unit_of", "label unit") \
	WORD("form.units", "units") \
	WORD("form.example_is", "example") \
	WORD("form.example_of", "label example") \
	WORD("form.examples", "examples") \
	WORD("form.table_notes", "notes help") \
	WORD("form.rows_max", "max") \
	WORD("form.paste", "") \
	WORD("form.check", "") \
	WORD("form.check_choice", "") \
	WORD("form.check_length", "limit") \
	WORD("form.check_number", "min max") \
	WORD("form.check_number_min", "min") \
	WORD("form.check_number_max", "max") \
	WORD("form.check_date", "") \
	WORD("form.check_digits", "n") \
	WORD("form.check_mail", "") \
	WORD("form.privacy", "") \
	WORD("form.notes_title", "track") \
	WORD("form.how_title", "") \
	WORD("form.how", "sheet required conditional optional") \
	WORD("form.send_title", "") \
	WORD("form.send_how", "address closes limit subject final") \
	WORD("form.files_title", "") \
	WORD("form.files_none", "") \
	WORD("form.files_limit", "limit") \
	WORD("form.file_label", "") \
	WORD("form.file_need", "") \
	WORD("form.file_formats", "") \
	WORD("form.file_size", "") \
	WORD("form.file_help", "") \
	WORD("form.track_title", "") \
	WORD("form.eligible", "text") \
	WORD("form.ask_title", "") \
	WORD("form.contact", "name phone mail") \
	WORD("form.website", "website") \
	WORD("form.robot", "address") \
	WORD("form.seal_title", "") \
	WORD("form.seal_intro", "") \
	WORD("form.seal_track", "") \
	WORD("form.seal_declare", "") \
	WORD("form.seal_person", "") \
	WORD("form.seal_stamp", "") \
	WORD("form.seal_date", "") \
	WORD("form.seal_day", "") \
	WORD("form.problems_title", "") \
	WORD("form.problems_some", "errors warnings") \
	WORD("form.problem_kind", "") \
	WORD("form.problem_where", "") \
	WORD("form.problem_label", "") \
	WORD("form.problem_says", "") \
	WORD("form.fault", "kind says") \
	WORD("form.must_mend", "") \
	WORD("form.please_check", "") \
	WORD("form.other", "") \
	WORD("form.page", "page pages") \
	/* command: forms that go back to be mended */ \
	WORD("corrected.name", "code track no") \
	WORD("corrected.migrated", "code track no") \
	/* command: files that came later for an entry */ \
	WORD("supplement.folder", "date no") \
	WORD("supplement.file_name", "") \
	WORD("supplement.still_missing", "name") \
	/* decide: workbooks of decisions, what becomes of their rows, the workbook that comes back */ \
	WORD("decide.decision", "") \
	WORD("decide.reason", "") \
	WORD("decide.pass", "") \
	WORD("decide.fail", "") \
	WORD("decide.amend", "") \
	WORD("decide.take", "") \
	WORD("decide.refuse", "") \
	WORD("decide.not_twin", "") \
	WORD("decide.twin", "") \
	WORD("decide.read", "") \
	WORD("decide.kind_eligibility", "") \
	WORD("decide.kind_formal", "") \
	WORD("decide.kind_late", "") \
	WORD("decide.kind_twin", "") \
	WORD("decide.kind_read", "") \
	WORD("decide.or", "") \
	WORD("decide.bad_seal", "") \
	WORD("decide.other_edition", "found want") \
	WORD("decide.not_yours", "") \
	WORD("decide.gone", "ref") \
	WORD("decide.unknown_choice", "found choices") \
	WORD("decide.no_choice", "choices") \
	WORD("decide.no_reason", "choice") \
	WORD("decide.no_reason_now", "before choice") \
	WORD("decide.reason_long", "chars max") \
	WORD("decide.stale", "state") \
	WORD("decide.wrong_state", "state") \
	WORD("decide.entered", "number") \
	WORD("decide.twice", "") \
	WORD("decide.done_state", "state") \
	WORD("decide.done_amend", "until") \
	WORD("decide.done_entered", "number") \
	WORD("decide.done_supplement", "") \
	WORD("decide.done_faults", "") \
	WORD("decide.done_not_eligible", "") \
	WORD("decide.done_still_late", "") \
	WORD("decide.done_still_twin", "") \
	WORD("decide.done_unread", "") \
	WORD("decide.done_recorded", "") \
	WORD("decide.already", "") \
	WORD("decide.agree", "") \
	WORD("decide.disagree", "") \
	WORD("decide.kind_change", "") \
	WORD("decide.kind_withdraw", "") \
	WORD("decide.kind_object", "") \
	WORD("decide.petition_open", "") \
	WORD("decide.petition_agreed", "") \
	WORD("decide.petition_refused", "") \
	WORD("decide.new_contact", "") \
	WORD("decide.new_mobile", "") \
	WORD("decide.new_email", "") \
	WORD("decide.contact_out_of_place", "") \
	WORD("decide.bad_phone", "found") \
	WORD("decide.bad_mail", "found") \
	WORD("decide.stamp_missing", "") \
	WORD("decide.done_agreed", "contact") \
	WORD("decide.done_refused", "contact") \
	WORD("decide.file", "") \
	WORD("decide.title", "") \
	WORD("decide.notice", "") \
	WORD("decide.where", "") \
	WORD("decide.kind", "") \
	WORD("decide.ref", "") \
	WORD("decide.about", "") \
	WORD("decide.state", "") \
	WORD("decide.why", "") \
	WORD("ask.word_settings", "") \
	WORD("decide.kind_setting", "") \
	/* setting: what the secretariat changes in mid-contest */ \
	WORD("setting.sheet_phase", "") \
	WORD("setting.code_late", "") \
	WORD("setting.no_second", "") \
	WORD("setting.sheet_day", "") \
	WORD("setting.line_day", "") \
	WORD("setting.col_day_now", "") \
	WORD("setting.col_is_now", "") \
	WORD("setting.col_day", "") \
	WORD("setting.col_day_is", "") \
	WORD("setting.day_kinds", "") \
	WORD("setting.holiday", "") \
	WORD("setting.workday", "") \
	WORD("setting.bad_day", "found") \
	WORD("setting.says_day", "day is") \
	WORD("setting.sheet_exception", "") \
	WORD("setting.sheet_staff", "") \
	WORD("setting.sheet_text", "") \
	WORD("setting.line_phase", "") \
	WORD("setting.line_exception", "") \
	WORD("setting.line_staff", "") \
	WORD("setting.line_text", "") \
	WORD("setting.title", "") \
	WORD("setting.file", "") \
	WORD("setting.col_phase", "") \
	WORD("setting.col_opens_now", "") \
	WORD("setting.col_closes_now", "") \
	WORD("setting.col_takes", "") \
	WORD("setting.col_opens", "") \
	WORD("setting.col_closes", "") \
	WORD("setting.col_standing", "") \
	WORD("setting.col_who_now", "") \
	WORD("setting.col_until_now", "") \
	WORD("setting.col_who", "") \
	WORD("setting.col_until", "") \
	WORD("setting.col_name_now", "") \
	WORD("setting.col_addr_now", "") \
	WORD("setting.col_remove", "") \
	WORD("setting.col_name", "") \
	WORD("setting.col_addr", "") \
	WORD("setting.col_text_name", "") \
	WORD("setting.col_text_now", "") \
	WORD("setting.col_text", "") \
	WORD("setting.takes_entries", "") \
	WORD("setting.takes_files", "") \
	WORD("setting.over", "") \
	WORD("setting.holds", "") \
	WORD("setting.remove", "") \
	WORD("setting.empty", "") \
	WORD("setting.text_bulletin", "") \
	WORD("setting.text_final_text", "") \
	WORD("setting.text_eligibility_text", "") \
	WORD("setting.closes_first", "") \
	WORD("setting.opened", "") \
	WORD("setting.last_staff", "") \
	WORD("setting.nothing", "") \
	WORD("setting.now_other", "") \
	WORD("setting.done", "") \
	WORD("setting.done_proposed", "") \
	WORD("setting.extended", "") \
	WORD("setting.no_code", "") \
	WORD("setting.code_used", "") \
	WORD("setting.code_own", "") \
	WORD("setting.code_old", "") \
	WORD("setting.bad_moment", "found") \
	WORD("setting.closes_past", "now") \
	WORD("setting.bad_until", "found") \
	WORD("setting.bad_mail", "found") \
	WORD("setting.text_long", "found") \
	WORD("setting.says_phase", "phase opens closes") \
	WORD("setting.says_phase_off", "phase") \
	WORD("setting.says_exception", "who until") \
	WORD("setting.says_exception_off", "who") \
	WORD("setting.says_staff", "name addr") \
	WORD("setting.says_staff_off", "name addr") \
	WORD("setting.says_text", "text value") \
	WORD("setting.says_text_off", "text") \
	/* ask: with what the secretariat asks, and what is told it */ \
	WORD("ask.word_figures", "") \
	WORD("ask.word_list", "") \
	WORD("ask.word_find", "") \
	WORD("ask.word_files", "") \
	WORD("ask.word_handbook", "") \
	WORD("ask.word_help", "") \
	WORD("ask.word_roadshow", "") \
	WORD("ask.word_awards", "") \
	WORD("ask.word_book", "") \
	WORD("ask.word_phones", "") \
	WORD("ask.list_title", "") \
	WORD("ask.list_line", "conditions now") \
	WORD("ask.list_file", "day") \
	WORD("ask.everything", "") \
	WORD("ask.mail_waiting", "") \
	WORD("ask.mail_held", "") \
	WORD("ask.mail_sent", "") \
	WORD("ask.mail_failed", "") \
	WORD("ask.step_in", "") \
	WORD("ask.step_out", "") \
	WORD("ask.step_event", "") \
	/* experts and rounds */ \
	WORD("experts.formal_title", "round expert") \
	WORD("experts.formal_file", "round expert") \
	WORD("experts.formal_line", "round expert closes") \
	WORD("experts.formal_tail", "") \
	WORD("experts.behind", "round done theirs closes") \
	WORD("experts.behind_promise", "round done theirs closes") \
	WORD("digest.need_experts", "") \
	WORD("digest.hint_experts", "") \
	WORD("experts.done_waits", "total") \
	WORD("experts.seat_label", "n") \
	WORD("experts.seats_line", "round seat closes") \
	WORD("experts.seats_tail", "") \
	WORD("experts.seats_title", "round") \
	WORD("experts.seats_file", "round") \
	WORD("decide.kind_seat", "") \
	WORD("ask.word_confirm", "") \
	WORD("experts.word_agree", "") \
	WORD("experts.word_recuse", "") \
	WORD("experts.word_material", "") \
	WORD("experts.active", "") \
	WORD("experts.retired", "") \
	WORD("experts.stands_active", "") \
	WORD("experts.stands_promised", "") \
	WORD("experts.stands_asked", "") \
	WORD("experts.stands_retired", "") \
	WORD("experts.stands_new", "") \
	WORD("experts.col_standing", "") \
	WORD("experts.col_name", "") \
	WORD("experts.col_org", "") \
	WORD("experts.col_uscc", "") \
	WORD("experts.col_mail", "") \
	WORD("experts.col_mobile", "") \
	WORD("experts.col_tracks", "") \
	WORD("experts.col_remark", "") \
	WORD("experts.col_state", "") \
	WORD("experts.roster_sheet", "") \
	WORD("experts.roster_title", "") \
	WORD("experts.roster_file", "") \
	WORD("experts.roster_line", "now") \
	WORD("experts.roster_tail", "tracks") \
	WORD("experts.bad_state", "found") \
	WORD("experts.bad_track", "found") \
	WORD("experts.no_name", "found") \
	WORD("experts.no_mail", "found") \
	WORD("experts.bad_mail", "found") \
	WORD("experts.office_mail", "found") \
	WORD("experts.bad_uscc", "found") \
	WORD("experts.mail_taken", "found") \
	WORD("experts.done_added", "") \
	WORD("experts.done_changed", "") \
	WORD("experts.done_retired", "") \
	WORD("experts.conflict_org", "") \
	WORD("experts.conflict_uscc", "") \
	WORD("experts.conflict_domain", "") \
	WORD("experts.conflict", "expert why") \
	WORD("experts.col_seats", "") \
	WORD("experts.col_seat", "n") \
	WORD("experts.col_load", "") \
	WORD("experts.seats_short", "n") \
	WORD("experts.seats_proposed", "") \
	WORD("experts.seats_hold", "") \
	WORD("experts.all_tracks", "") \
	WORD("experts.assign_sheet", "") \
	WORD("experts.assign_title", "round") \
	WORD("experts.assign_file", "round") \
	WORD("experts.assign_line", "round n now") \
	WORD("experts.assign_tail", "") \
	WORD("experts.load_sheet", "") \
	WORD("experts.load_line", "") \
	WORD("experts.unknown", "expert") \
	WORD("experts.seat_twice", "expert") \
	WORD("experts.nobody", "") \
	WORD("experts.scored_already", "expert") \
	WORD("experts.not_in_round", "round") \
	WORD("experts.assigned", "") \
	WORD("experts.not_assigned", "") \
	WORD("experts.done_assigned", "experts") \
	WORD("experts.col_criterion", "label min max") \
	WORD("experts.col_remark_score", "") \
	WORD("experts.col_recuse", "") \
	WORD("experts.recuse", "") \
	WORD("experts.score_title", "round expert") \
	WORD("experts.score_file", "round expert") \
	WORD("experts.score_line", "round expert closes") \
	WORD("experts.score_tail", "") \
	WORD("experts.booklet_file", "round") \
	WORD("experts.hidden_name", "") \
	WORD("experts.no_points", "cell label found min max step") \
	WORD("experts.bad_points", "cell label found min max step") \
	WORD("experts.out_of_range", "cell label found min max step") \
	WORD("experts.bad_step", "cell label found min max step") \
	WORD("experts.bad_recuse", "cell found") \
	WORD("experts.closed", "round closes") \
	WORD("experts.list_closed", "round closes") \
	WORD("experts.settled", "round") \
	WORD("experts.not_theirs", "") \
	WORD("experts.done_score", "total") \
	WORD("experts.done_again", "total") \
	WORD("experts.done_recused", "") \
	WORD("experts.col_rank", "") \
	WORD("experts.col_result", "") \
	WORD("experts.col_count", "") \
	WORD("experts.col_note", "") \
	WORD("experts.note_incomplete", "n want") \
	WORD("experts.note_border", "") \
	WORD("experts.note_tied", "") \
	WORD("experts.note_outlier", "expert total") \
	WORD("experts.list_title", "round") \
	WORD("experts.list_file", "round") \
	WORD("experts.list_line", "round track n quota closes") \
	WORD("experts.list_tail", "") \
	WORD("experts.no_reason", "choice") \
	WORD("experts.over_quota", "track quota n") \
	WORD("experts.scores_title", "round") \
	WORD("experts.scores_file", "round") \
	WORD("experts.scores_line", "round now") \
	WORD("experts.score_cell", "expert total dropped outlier") \
	WORD("decide.kind_expert", "") \
	WORD("decide.kind_assign", "") \
	WORD("decide.kind_score", "") \
	WORD("decide.kind_recommend", "") \
	WORD("decide.recommend", "") \
	WORD("decide.not_recommend", "") \
	WORD("ask.word_experts", "") \
	WORD("ask.word_assign", "") \
	WORD("ask.word_scores", "") \
	WORD("ask.word_recommend", "") \
	/* notices: what they are about, why one is held back, how they are released, the list of what is held */ \
	WORD("notice.event_eligible", "") \
	WORD("notice.event_ineligible", "") \
	WORD("notice.event_reviewed", "") \
	WORD("notice.event_unfit", "") \
	WORD("notice.event_late_refused", "") \
	WORD("notice.event_phase_opened", "") \
	WORD("notice.event_phase_closing", "") \
	WORD("notice.event_phase_closed", "") \
	WORD("notice.event_shortlisted", "") \
	WORD("notice.event_eliminated", "") \
	WORD("notice.event_invited", "") \
	WORD("notice.event_invite_changed", "") \
	WORD("notice.event_invite_cancelled", "") \
	WORD("notice.event_awarded", "") \
	WORD("notice.event_unplaced", "") \
	WORD("notice.title_decided", "") \
	WORD("notice.title_phase_opened", "phase") \
	WORD("notice.title_phase_closing", "phase left_days") \
	WORD("notice.title_phase_closed", "phase") \
	WORD("notice.back_gone", "") \
	WORD("notice.back_objection", "") \
	WORD("notice.back_withdrawn", "") \
	WORD("notice.back_changed", "") \
	WORD("notice.back_nobody", "") \
	WORD("notice.word_release", "") \
	WORD("notice.word_cancel", "") \
	WORD("notice.word_everybody", "") \
	WORD("notice.word_nobody", "") \
	WORD("notice.word_polite", "") \
	WORD("notice.word_stop", "") \
	WORD("notice.file", "title") \
	WORD("notice.sample_file", "no") \
	WORD("notice.sheet_list", "") \
	WORD("notice.sheet_back", "") \
	WORD("notice.col_no", "") \
	WORD("notice.col_kind", "") \
	WORD("notice.col_name", "") \
	WORD("notice.col_to", "") \
	WORD("notice.col_subject", "") \
	WORD("notice.col_number", "") \
	WORD("notice.col_title", "") \
	WORD("notice.col_org", "") \
	WORD("notice.col_why", "") \
	/* the roadshow */ \
	WORD("intent.confirm", "") \
	WORD("intent.move", "") \
	WORD("roadshow.word_seed", "") \
	WORD("roadshow.title", "") \
	WORD("roadshow.sheet", "") \
	WORD("roadshow.file", "") \
	WORD("roadshow.line", "seed version") \
	WORD("roadshow.line_proposed", "seed") \
	WORD("roadshow.tail", "") \
	WORD("roadshow.off", "") \
	WORD("roadshow.col_no", "") \
	WORD("roadshow.col_answer", "") \
	WORD("roadshow.col_day", "") \
	WORD("roadshow.col_time", "") \
	WORD("roadshow.col_room", "") \
	WORD("roadshow.unplaced", "") \
	WORD("roadshow.none", "") \
	WORD("roadshow.no_finalist", "state") \
	WORD("roadshow.incomplete", "") \
	WORD("roadshow.bad_day", "found") \
	WORD("roadshow.bad_time", "found") \
	WORD("roadshow.bad_room", "found") \
	WORD("roadshow.closed", "when") \
	WORD("roadshow.taken", "other") \
	WORD("roadshow.same_org", "other apart") \
	WORD("roadshow.done", "when") \
	WORD("roadshow.done_off", "") \
	WORD("roadshow.batch", "version") \
	WORD("roadshow.ics_summary", "short_name number title") \
	WORD("roadshow.ics_text", "number org minutes note") \
	WORD("roadshow.ics_file", "number") \
	WORD("decide.kind_slot", "") \
	WORD("decide.kind_award", "") \
	WORD("decide.kind_objection", "") \
	/* the awards */ \
	WORD("award.none", "") \
	WORD("award.open", "") \
	WORD("award.comma", "") \
	WORD("award.title", "") \
	WORD("award.title_proposed", "") \
	WORD("award.title_certificates", "") \
	WORD("award.sheet", "") \
	WORD("award.file", "") \
	WORD("award.file_proposed", "") \
	WORD("award.file_fill", "") \
	WORD("award.file_certificates", "") \
	WORD("award.tail", "") \
	WORD("award.tied", "") \
	WORD("award.held", "") \
	WORD("award.col_rank", "") \
	WORD("award.col_score", "") \
	WORD("award.col_hint", "") \
	WORD("award.col_award", "") \
	WORD("award.col_reason", "") \
	WORD("award.col_certificate", "") \
	WORD("award.col_people", "") \
	WORD("award.col_date", "") \
	WORD("award.line", "quota") \
	WORD("award.quota", "award n") \
	WORD("award.quota_track", "award n") \
	WORD("award.checksum", "version checksum") \
	WORD("award.batch", "version") \
	WORD("award.no_finalist", "state") \
	WORD("award.unknown", "found choices") \
	WORD("award.over_quota", "award track quota") \
	WORD("award.tie_cut", "other award") \
	WORD("award.no_reason", "proposal") \
	WORD("award.done", "award") \
	WORD("objection.no", "n") \
	WORD("objection.sheet", "") \
	WORD("objection.line", "") \
	WORD("objection.open", "") \
	WORD("objection.upheld", "") \
	WORD("objection.overtaken_held", "number title org contact") \
	WORD("objection.overtaken_told", "number title org contact") \
	WORD("objection.dismissed", "") \
	WORD("objection.col_no", "") \
	WORD("objection.col_text", "") \
	WORD("objection.col_file", "") \
	WORD("objection.col_number", "") \
	WORD("objection.whose", "") \
	WORD("objection.done_upheld", "") \
	WORD("objection.done_dismissed", "") \
	WORD("lists.line", "contest sheet now") \
	WORD("lists.title", "") \
	WORD("lists.province", "") \
	WORD("lists.group", "") \
	WORD("lists.kind", "") \
	WORD("lists.track", "") \
	WORD("lists.items", "") \
	WORD("lists.unknown", "") \
	WORD("lists.sum", "") \
	WORD("lists.entered", "") \
	WORD("lists.eligible", "") \
	WORD("lists.reviewed", "") \
	WORD("lists.final", "") \
	WORD("lists.awarded", "") \
	WORD("casebook.title", "") \
	WORD("casebook.sheet", "") \
	WORD("casebook.index", "") \
	WORD("casebook.file", "") \
	WORD("casebook.material", "") \
	WORD("casebook.col_no", "") \
	WORD("casebook.col_folder", "") \
	WORD("event.objection_upheld", "") \
	WORD("event.objection_dismissed", "") \
	WORD("event.roadshow_confirmed", "") \
	WORD("event.roadshow_declined", "") \
	WORD("event.roadshow_move", "") \
	WORD("event.roadshow_tentative", "")


#endif
