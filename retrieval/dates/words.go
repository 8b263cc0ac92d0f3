package dates

import "strings"

// class is the part that a word plays in a date expression or beside one.
type class uint8

const (
	unknown class = iota

	month     // val 1 to 12
	monthAbbr // the same
	monthVerb // "may", "march", "august": a month only where the words around it say so
	weekday   // val as time.Weekday
	weekAbbr
	season   // val 0 spring to 3 winter
	fall     // autumn, or a verb
	quarter  // "Q3"; val 1 to 4
	deictic  // "yesterday"; val in days from the anchor
	unit     // val is a unit
	weekend  //
	daypart  // morning, night
	numeral  // val; 0 for an unknown small number ("few", "several")
	ordinal  // val; "second"
	towards  // "last" -1, "this" 0, "next" +1
	rolling  // "past" -1, "coming" +1: stretches that touch the anchor
	recent   //
	current  //
	part     // "early" 0, "mid" 1, "late" 2
	portion  // "beginning of" 0, "middle of" 1, "end of" 2
	earlier  // "earlier" -1, "later" +1
	half     //
	yearWord // "року", "года" after a year
	newYear  // "new", before "year"

	the
	article // a, an
	his     // other determiners
	in
	on
	of
	at
	forWord
	during
	about
	since
	after
	before
	until
	by
	from
	between
	and
	to
	as
	up
	prior
	through
	ago

	prospect // "will", "plans": what follows lies ahead; val 1 "vowed", which itself lies behind
	done     // "said", "met": what follows lies behind; val 1 "did"
	function // words that are no noun after a year: "is", "that"; val 1 "do"
	counted  // "troops", "km": the number before it is a count
	numbered // "resolution", "flight": the number after it is a name
	approx   // "about", "nearly": the number after it is a count

	story    // "article", "story": one of the texts that we hold
	report   // "reports", "reporting": such a text, or something else; val 1 "report", a verb too
	printed  // "published", "dated", "reported"
	newest   // "latest"
	nowadays // "now", "currently"
	most
	accord // "according"
	paper  // "Times", "Express": after a weekday, a newspaper
)

const (
	unitDay = iota
	unitWeek
	unitMonth
	unitQuarter
	unitYear
	unitDecade
)

type lexeme struct {
	class class
	val   int16
}

// lexicon maps words in lower case, without apostrophes, to their class.
// Ukrainian and Russian words serve questions in those languages.
var lexicon = buildLexicon()

func buildLexicon() map[string]lexeme {
	m := make(map[string]lexeme, 600)
	add := func(c class, val int, words string) {
		for _, w := range strings.Fields(words) {
			m[w] = lexeme{c, int16(val)}
		}
	}
	// each adds one group of words a value, from first upwards.
	each := func(c class, first int, groups string) {
		for i, g := range strings.Split(groups, "|") {
			add(c, first+i, g)
		}
	}
	each(month, 1, `january січень січня січні январь января январе|
		february лютий лютого лютому февраль февраля феврале|
		березень березня березні март марта марте|
		april квітень квітня квітні апрель апреля апреле|
		травень травня травні май мая мае|
		june червень червня червні июнь июня июне|
		july липень липня липні июль июля июле|
		серпень серпня серпні август августа августе|
		september вересень вересня вересні сентябрь сентября сентябре|
		october жовтень жовтня жовтні октябрь октября октябре|
		november листопад листопада листопаді ноябрь ноября ноябре|
		december грудень грудня грудні декабрь декабря декабре`)
	each(monthAbbr, 1, "jan|feb|mar|apr||jun|jul|aug|sep sept|oct|nov|dec")
	add(monthVerb, 3, "march")
	add(monthVerb, 5, "may")
	add(monthVerb, 8, "august")
	each(weekday, 0, `sunday неділя неділю неділі воскресенье воскресенья|
		monday понеділок понеділка понедельник понедельника|
		tuesday вівторок вівторка вторник вторника|
		wednesday середа середу середи среда среду среды|
		thursday четвер четверга четверг|
		friday пятниця пятницю пятниці пятница пятницу пятницы|
		saturday субота суботу суботи суббота субботу субботы`)
	each(weekAbbr, 0, "sun|mon|tue tues|wed|thu thur thurs|fri|sat")
	each(season, 0, "spring весною весной|summer влітку летом|autumn восени осенью|winter взимку зимой")
	add(fall, 2, "fall")
	each(quarter, 1, "q1|q2|q3|q4")
	add(deictic, 0, "today tonight сьогодні сегодня")
	add(deictic, -1, "yesterday вчора вчера")
	add(deictic, 1, "tomorrow завтра")
	each(unit, 0, "day days|week weeks|month months|quarter quarters|year years|decade decades")
	add(weekend, 0, "weekend")
	add(daypart, 0, "morning afternoon evening night midday noon midnight")
	add(daypart, 1, "mornings afternoons evenings nights")
	each(numeral, 1, "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty")
	add(numeral, 30, "thirty")
	add(numeral, 2, "couple")
	add(numeral, 0, "few several")
	each(ordinal, 1, "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth")
	add(ordinal, 30, "thirtieth")
	add(towards, -1, "last минулого минулому минулої прошлого прошлом прошлой")
	add(towards, 0, "this цього цьому этого этом")
	add(towards, 1, "next наступного следующего")
	add(rolling, -1, "past")
	add(rolling, 1, "coming upcoming")
	add(recent, -1, "recent")
	add(current, 0, "current")
	each(part, 0, "early|mid|late")
	add(portion, 0, "beginning start")
	add(portion, 1, "middle")
	add(portion, 2, "end close")
	add(earlier, -1, "earlier")
	add(earlier, 1, "later")
	add(half, 0, "half")
	add(yearWord, 0, "року рік році года год году р г")
	add(newYear, 0, "new")

	add(the, 0, "the")
	add(article, 1, "a an")
	add(his, 0, "his her its their our my your these those that")
	add(in, 0, "in в у")
	add(on, 0, "on во на")
	add(of, 0, "of від за от")
	add(at, 0, "at")
	add(forWord, 0, "for")
	add(during, 0, "during throughout протягом")
	add(about, 0, "around circa over back")
	add(since, 0, "since з із с")
	add(after, 0, "after following після после")
	add(before, 0, "before перед")
	add(until, 0, "until till til до")
	add(by, 0, "by")
	add(from, 0, "from")
	add(between, 0, "between між между")
	add(and, 0, "and or та і и")
	add(to, 0, "to")
	add(as, 0, "as")
	add(up, 0, "up")
	add(prior, 0, "prior")
	add(through, 0, "through thru")
	add(ago, 0, "ago")

	add(prospect, 0, `will shall would could might can going ll plan plans planned planning agree agrees propose proposes
		proposing want wants hope hopes expect expects expected intend intends due set scheduled slated
		prepare prepares preparing forthcoming ahead vow vows promise promises threaten threatens
		aim aims seek seeks should must буде будуть будет будут`)
	add(prospect, 1, "agreed proposed wanted hoped intended vowed promised threatened aimed sought offered")
	add(done, 1, "did")
	add(done, 0, `said says told tells met was were had has have been went came spoke began saw gave held made took wrote left led
		sent won lost fell rose became found thought stated announced accused warned called ordered visited seized annexed invaded
		claimed denied urged added confirmed launched signed arrived departed started ended attacked captured
		happened occurred passed imposed died fired moved fled escalated rejected described reaffirmed withdrew`)
	add(function, 1, "do does")
	add(function, 2, "be")
	add(function, 0, `is are am not it he she they we i you who whom whose what which when where why how but if than then
		so because while with without into onto against under near also only just there here more less`)
	add(counted, 0, `people persons troops soldiers men women children civilians servicemen fighters militants members personnel dead deaths
		casualties killed wounded injured tanks vehicles aircraft rockets missiles shells drones votes km kilometers kilometres miles
		meters metres hours minutes seconds dollars euros rubles hryvnias tons tonnes percent per cent bc bce million billion thousand
		homes houses buildings refugees prisoners cases square guns weapons pounds guests officers police protesters`)
	add(numbered, 0, "resolution flight number no nr boeing room page highway route building school apartment unit model section")
	add(approx, 0, "nearly almost approximately roughly some least exactly")

	add(story, 0, "article articles story stories dispatch dispatches стаття статті статтю статья статьи статье")
	add(report, 1, "report")
	add(report, 0, "reports reporting coverage piece pieces news")
	add(printed, 1, "published dated printed reported")
	add(printed, 0, "written issued posted")
	add(newest, 0, "latest newest freshest")
	add(nowadays, 0, "now currently presently nowadays recently зараз сейчас")
	add(most, 0, "most")
	add(accord, 0, "according")
	add(paper, 0, "times express mirror telegraph post herald")
	return m
}
