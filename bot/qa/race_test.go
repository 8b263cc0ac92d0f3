//go:build race

package qa

const raceDetector = true
