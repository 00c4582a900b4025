internal import Glibc

/// How alike the elements of two cases are.
package struct ElementComparison: Sendable, Equatable {
    /// 0…1: the mean over the elements that at least one of the two has.
    package let similarity: Double

    package init(_ left: CaseElements, _ right: CaseElements) {
        var sum = 0.0
        var weight = 0.0
        func add(_ likeness: Double, weighing share: Double) {
            sum += likeness * share
            weight += share
        }
        func compare<Value: Equatable>(_ left: Value?, _ right: Value?, weighing share: Double) {
            guard left != nil || right != nil else { return }
            add(left == right ? 1 : 0, weighing: share)
        }
        func compare(_ left: Bool, _ right: Bool, weighing share: Double) {
            guard left || right else { return }
            add(left == right ? 1 : 0, weighing: share)
        }
        // Sums differ by what one is of the other: tenfold is nothing alike.
        switch (left.largestAmount, right.largestAmount) {
        case (let left?, let right?): add(max(0, 1 - abs(log10(left / right))), weighing: 2)
        case (nil, nil): break
        default: add(0, weighing: 1)
        }
        switch (left.injury, right.injury) {
        case (let left?, let right?):
            add(max(0, 1 - Double(abs(left.rawValue - right.rawValue)) / 3), weighing: 2)
        case (nil, nil): break
        default: add(0, weighing: 2)
        }
        compare(left.weapon, right.weapon, weighing: 1)
        compare(left.role, right.role, weighing: 1)
        compare(left.hasSurrendered, right.hasSurrendered, weighing: 1)
        compare(left.hasConfessed, right.hasConfessed, weighing: 0.5)
        compare(left.isRecidivist, right.isRecidivist, weighing: 1)
        compare(left.hasRecord, right.hasRecord, weighing: 0.5)
        compare(left.hasCompensated, right.hasCompensated, weighing: 1)
        compare(left.isForgiven, right.isForgiven, weighing: 1)
        compare(left.isAttempt, right.isAttempt, weighing: 1)
        similarity = weight > 0 ? sum / weight : 0
    }
}
