package dates

// day counts days of the proleptic Gregorian calendar from 1970-01-01.
type day int32

var (
	firstDay = civil(1, 1, 1)
	lastDay  = civil(9999, 12, 31)
)

// civil returns the day of a date. The day of the month may lie outside the
// month, the month outside the year; both carry over. Formula: H. Hinnant, "chrono-Compatible Low-Level Date
// Algorithms", days_from_civil.
func civil(y, m, d int) day {
	carry := floorDiv(m-1, 12)
	y, m = y+carry, m-12*carry
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	return day(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468)
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

func (d day) date() (y, m, dom int) {
	z := int(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	y, m, dom = yoe+era*400, mp+3, doy-(153*mp+2)/5+1
	if m > 12 {
		y, m = y+1, m-12
	}
	return y, m, dom
}

func (d day) year() int {
	y, _, _ := d.date()
	return y
}

// weekday counts from Sunday = 0, as time.Weekday does; 1970-01-01 was a Thursday.
func (d day) weekday() int { return (int(d)%7 + 7 + 4) % 7 }

// monday returns the first day of d's week.
func (d day) monday() day { return d - day((d.weekday()+6)%7) }

func (d day) clamp() day { return min(max(d, firstDay), lastDay) }

// String returns the ISO form of d.
func (d day) String() string {
	y, m, dom := d.clamp().date()
	return string([]byte{
		byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-',
		byte('0' + m/10), byte('0' + m%10), '-', byte('0' + dom/10), byte('0' + dom%10),
	})
}

// monthDays returns the number of days of a month, 1 to 12.
func monthDays(y, m int) int { return int(civil(y, m+1, 1) - civil(y, m, 1)) }

// isoDay reads an ISO day; false where s is none.
func isoDay(s string) (day, bool) {
	y, m, d, ok := isoDate(s)
	if !ok || y < 1 || m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return 0, false
	}
	return civil(y, m, d), true
}

// isoDate reads the figures of "2006-01-02", whatever they are.
func isoDate(s string) (y, m, d int, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' || !isDigits(s[:4]) || !isDigits(s[5:7]) || !isDigits(s[8:]) {
		return 0, 0, 0, false
	}
	return atoi(s[:4]), atoi(s[5:7]), atoi(s[8:]), true
}

// atoi returns the value of a few digits.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
