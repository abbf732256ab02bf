/* The table of the mails.  A name that a wording uses and this table does not have is
 * refused at load; a name that the table has and the replies never fill is empty. */
#include "post/kinds.h"

#include <string.h>

#include "post/markdown.h"

/* The contest: the same in every mail. */
const char *const mail_common_names =
	"contest short_name theme organiser committee website bulletin final_text eligibility_text form_title "
	"robot max_size files_size sample_track sample_number contacts{name phone mail more}";

/* The message that is answered, the window it is judged by, and the next one where it came between two. */
#define ABOUT "subject sender received received_exact opens closes over left supplements_until begins reopens recloses reopened "
/* One form. */
#define FORM "number title org track track_code track_ordinal direction form_file "
/* What was read from it; chars is filled where a long text was cut; third, half and full
 * say how much of a line it needs. */
#define READ                                                                      \
	"has_read sections{title fields{label value unit chars third half full} "              \
	"tables{label count cut shown rows{no cells{value more} third half full}}} "
#define FILES "file_count files{name size sha256 type is_form more} "
/* What is to be mended. */
#define FAULT "{no where label sentence found found_chars want example} "
#define FAULTS                                                                    \
	"error_count errors" FAULT "errors_cut warning_count warnings" FAULT          \
	"repair_count repairs{where label found now} "
#define MEND "mend_until mend_hours extended "
#define ATTACHED "attached_count attached{name size more} "
/* Experts who have not scored all of theirs. */
#define BEHIND "any_behind behind{name mobile done theirs no_promise} given want "
/* A row of a workbook of decisions. */
#define DECIDED "{no where kind ref about choice reason says} "
/* What became of one form; again, late_twin and kept are the three ways of a duplicate. */
#define STATE "accepted rejected late early again late_twin kept not_eligible valid by accepted_at "
#define PHASES "has_phases phases{name text opens closes now more} "
#define TRACKS "tracks{code ordinal name direction requires} "
/* What a notice says of the entries it is about, and of each what its own kind needs beside that. */
#define NOTICE_ENTRIES(own) \
	"entry_count first_number many entries{number title org track state contact reason " own "more} "
#define SLOT NOTICE_ENTRIES("day time room ") "place note minutes "
#define PRIZE NOTICE_ENTRIES("award ") "checksum "
#define PHASE "phase text opens closes left_days takes_entries "

const MailKind mail_kind[] = {
	{"receipt", 2, ABOUT FORM STATE READ FILES PHASES FAULTS},
	{"duplicate", 2, ABOUT FORM STATE READ FILES PHASES FAULTS},
	{"late", 3, ABOUT FORM STATE FAULTS FILES},
	{"not_eligible", 2, ABOUT FORM STATE FAULTS FILES},
	{"faults", 1, ABOUT FORM STATE FAULTS MEND ATTACHED FILES},
	{"precheck", 1, ABOUT FORM STATE FAULTS READ FILES ATTACHED},
	{"unsubmitted", 3, "title org track track_ordinal checked closes left subject error_count "},
	{"several", 1, ABOUT FAULTS MEND ATTACHED
		"precheck form_count accepted_count rejected_count other_count numbers{number more} "
		"forms{no " FORM STATE READ FAULTS FILES "} "},
	{"near_miss", 1, ABOUT FAULTS MEND ATTACHED "track track_code track_ordinal near_file near_kind problem filled own "
		"no_form link_only scan_only unreadable_kind encrypted damaged empty_form empty_mail "
		"other_edition other_contest body_pasted wrong_track disagree archive_encrypted archive_too_large "
		"form_too_large too_deep mail_encrypted other "},
	{"forms", 3, ABOUT ATTACHED TRACKS "track track_code track_ordinal none "},
	{"help", 3, ABOUT ATTACHED TRACKS PHASES},
	{"progress", 3, ABOUT "entry_count further entries{number title org track state received more} "},
	{"unrecognised", 3, ABOUT ATTACHED},
	{"too_large", 1, ABOUT MEND},
	{"quarantined", 1, ABOUT MEND},
	{"confirm", 2, "receipted entry_count entries{number title org more} first_number "},
	{"probe", 1, "token at "},
	{"joined", 1, ATTACHED "count verdicts{no subject text body more} "},
	{"unreachable", 2, "address reason entry_count entries{number title org more} first_number "},
	{"supplement", 3, ABOUT "number title same_form " FILES FAULTS},
	{"late_files", 3, ABOUT "number title same_form " FILES FAULTS},
	{"change", 3, ABOUT "number title stamp "},
	{"move", 3, ABOUT "number title "},
	{"petition", 2, "number title org change withdraw object agreed reason no closes "},
	{"contact", 2, "number title org name mail new "},
	{"amend", 1, "number title org reason until eligibility review "},
	{"forward", 1, ABOUT ATTACHED "name number title change urgent petition quiet by_hand text chars files{name size more} "},
	{"digest", 4, "day now told_from told_to forced opens closes early over left_days last_day "
		"mails mails_change taken taken_change turned turned_change total today_mails today_taken "
		"to_check to_review to_decide days{date n high none told} "
		"tracks{code name all fresh wide rest direction direction_all} "
		"pace briefs{need count} need_count needs{need hint count left_out items{head who note}} shortened "
		"coming{at what} counting counted "
		"last_run silent waiting held failed stuck_queue rules_faulty disk disk_low audit_no audit "},
	{"ask_experts", 1, ABOUT ATTACHED "expert_count promised_count wants_promise "},
	{"ask_assign", 1, ABOUT ATTACHED "no_round round per_entry entry_count expert_count possible by_scorer "},
	{"ask_scores", 1, ABOUT ATTACHED BEHIND "no_round round per_entry by_scorer confirmed "},
	{"ask_recommend", 1, ABOUT ATTACHED BEHIND "no_round round per_entry by_scorer early "},
	{"ask_confirm", 1, ABOUT "code round unknown own count "},
	{"scores_confirm", 3, "round by code count criteria rows{number seat marks} rows_more "},
	{"expert_reminder", 3, ATTACHED "expert round closes done theirs left promise "},
	{"expert_promise", 3, "expert promise "},
	{"expert_said", 3, ABOUT "agrees recuses asks number title not_theirs hidden no_promise "},
	{"review", 3, ATTACHED "expert round closes anonymous formal first_number entry_count entries{number title org} "
		"criteria{label help min max weight} "},
	{"assign_again", 3, ATTACHED "round expert number title why "},
	{"booklet", 4, "expert round closes anonymous entry_count entries{number title org track has_files files{name size link} "
		"sections{title fields{label value unit long} tables{label heads{head} rows{cells{value}}}}} "},
	{"decision", 3, ABOUT ATTACHED "nothing cut done_count done" DECIDED "done_more already_count already" DECIDED
		"already_more failed_count failed" DECIDED "failed_more open_count from_expert "},
	{"ask_figures", 1, "pace day now opens closes early over left_days last_day mails mails_change taken taken_change turned "
		"turned_change total today_mails today_taken to_check to_review days{date n high none told} " ATTACHED
		"tracks{code name all fresh wide rest direction direction_all} told_from told_to forced subject received sender received_exact "
		"left supplements_until "},
	{"ask_list", 1, ABOUT ATTACHED "conditions count phones left_out too_large entries{number title org state} "},
	{"ask_found", 1, ABOUT "asked entry_count mail_count cut entries{number title org state contact mobile} "
		"mails{at from subject outcome problem answer answered read} "},
	{"ask_story", 1, ABOUT "number title org track state contact mobile email from folder uscc province arrived accepted "
		"files{name size} has_later later{name size} earlier steps{at kind text more bad event} "},
	{"ask_files", 1, ABOUT ATTACHED "number title org part parts asked unknown has_unsent unsent{name size path} "
		"has_damaged damaged{name size path} has_purged purged{name size path} "},
	{"ask_handbook", 1, ABOUT "text " MARKDOWN_NAMES},
	{"ask_help", 1, ABOUT},
	{"ask_settings", 1, ABOUT ATTACHED "some confirm items{says} "},
	{"setting", 1, ABOUT ATTACHED "by done proposed refused code until again items{says text preview} "},
	{"decision_refused", 4, ABOUT "sender_name stranger code row_count "},
	{"notice_preview", 3, "title mail_count people_count entry_count code again due until nobody everybody word "
		"kinds{kind count} back_count backs{number title why} back_more samples{no kind to name subject text} "},
	{"notice_answer", 3, ABOUT ATTACHED "title code word mail_count due released cancelled changed broken old unclear unknown no_code "
		"wants_word was_released was_cancelled was_expired "},
	{"eligible", 4, NOTICE_ENTRIES("")},
	{"ineligible", 4, NOTICE_ENTRIES("")},
	{"reviewed", 4, NOTICE_ENTRIES("")},
	{"unfit", 4, NOTICE_ENTRIES("")},
	{"shortlisted", 4, NOTICE_ENTRIES("")},
	{"eliminated", 4, NOTICE_ENTRIES("")},
	{"late_refused", 4, NOTICE_ENTRIES("received ")},
	{"phase_opened", 4, NOTICE_ENTRIES("early ") PHASE},
	{"phase_closing", 4, NOTICE_ENTRIES("asked turned ") PHASE},
	{"phase_closed", 4, NOTICE_ENTRIES("") PHASE},
	{"ask_roadshow", 1, ABOUT ATTACHED "none seed seed_given seed_stands in_rules finalists places unplaced version since first_number "},
	{"ask_awards", 1, ABOUT ATTACHED "finalists suggested unscored objections broken open_until proposed_version "
		"proposed_at proposed_count proposed_checksum force_version force_at force_count force_checksum superseded "},
	{"ask_book", 1, ABOUT ATTACHED "broken cases folder "},
	{"objection", 3, ABOUT "objection number title "},
	{"page_awards", 0, "proposed at year closes note checksum version count awards{award rows{no number title org track}} "},
	{"page_book", 0, "year month checksum count awards{award rows{no number title org}} "
		"cases{no number title org award province track parts{label paragraphs{text}}} "},
	{"awarded", 4, PRIZE},
	{"unplaced", 4, PRIZE},
	{"invited", 4, SLOT},
	{"invite_changed", 4, SLOT},
	{"invite_cancelled", 4, SLOT},
	{"operator_rules", 4, "at fault_count faults using "},
	{"operator_send", 4, "at account since reason well "},
	{"operator_fetch", 4, "at account since reason well server quota full percent folders tidy probe "},
	{"operator_quarantine", 4, "at count messages{sha256 sender subject received reason path} "},
};
const size_t mail_kind_n = sizeof mail_kind / sizeof *mail_kind;

const MailKind *kind_find(const char *name) {
	for (size_t i = 0; i < mail_kind_n; i++)
		if (strcmp(mail_kind[i].name, name) == 0)
			return &mail_kind[i];
	return NULL;
}
