//go:build race

package bot

// raceEnabled makes load tests lighter: the detector costs ten times the processor.
const raceEnabled = true
