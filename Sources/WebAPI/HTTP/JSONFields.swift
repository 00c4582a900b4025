internal import Foundation

/// The fields of a request's body, which is a JSON object, read one by one. What is wrong with them
/// is gathered, so that a client is told of everything at once.
struct JSONFields {
    private let object: [String: Any]
    private(set) var errors: [Problem.Item] = []

    /// - Parameter known: names there may be; another one is an error, for it is likely misspelled.
    /// - Throws: a 400 when the body is no JSON object.
    init(_ body: [UInt8], known: [String]) throws {
        let parsed = try? JSONSerialization.jsonObject(with: Data(body))
        guard let object = parsed as? [String: Any] else {
            throw Problem(400, "Malformed request", "The body is not a JSON object.")
        }
        self.object = object
        for name in object.keys.sorted() where !known.contains(name) {
            errors.append(
                Problem.Item(
                    Self.pointer(name),
                    "There is no such field. There are: \(known.joined(separator: ", "))."))
        }
    }

    /// Ends the reading.
    /// - Throws: a 422 that names every field that is wrong.
    func finish() throws {
        guard !errors.isEmpty else { return }
        var problem = Problem(
            422, "Request not possible",
            errors.map { "\($0.pointer): \($0.detail)" }.joined(separator: " "))
        problem.errors = errors
        throw problem
    }

    /// Nil, and noted, where there is no list of one to `limit` texts.
    mutating func texts(_ name: String, limit: Int) -> [String]? {
        guard let texts = object[name] as? [String], (1...limit).contains(texts.count) else {
            refuse(name, "A list of one to \(limit) texts is expected.")
            return nil
        }
        return texts
    }

    /// Nil where there is none, and, noted, where it is none of the choices.
    mutating func choice(_ name: String, of choices: [String]) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value as? String, choices.contains(text) else {
            refuse(name, "One of \(choices.joined(separator: ", ")) is expected.")
            return nil
        }
        return text
    }

    /// Nil where there is none, and, noted, where it is neither true nor false.
    mutating func boolean(_ name: String) -> Bool? {
        guard let value = object[name] else { return nil }
        // Foundation takes 0 and 1 for truth values too, JSON does not: only these are characters.
        guard let number = value as? NSNumber, number.objCType.pointee == 0x63 else {
            refuse(name, "true or false is expected.")
            return nil
        }
        return number.boolValue
    }

    /// Nil, and noted, where there is no text.
    mutating func text(_ name: String) -> String? {
        guard let text = object[name] as? String else {
            refuse(name, "A text is expected.")
            return nil
        }
        return text
    }

    /// Nil where there is none, and, noted, where it is no list of one to `limit` texts.
    mutating func optionalTexts(_ name: String, limit: Int) -> [String]? {
        object[name] == nil ? nil : texts(name, limit: limit)
    }

    /// Nil where there is none, and, noted, where it is no whole number of the range.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = object[name] else { return nil }
        guard let number = Self.integer(value), range.contains(number) else {
            refuse(
                name, "A whole number from \(range.lowerBound) to \(range.upperBound) is expected.")
            return nil
        }
        return number
    }

    /// Nil where there is none, and, noted, where it is no list of so many such numbers.
    mutating func integers(
        _ name: String, in range: ClosedRange<Int>, count: ClosedRange<Int>
    ) -> [Int]? {
        guard let value = object[name] else { return nil }
        let numbers = (value as? [Any])?.compactMap(Self.integer) ?? []
        guard (value as? [Any])?.count == numbers.count, count.contains(numbers.count),
            numbers.allSatisfy(range.contains)
        else {
            let many =
                count.lowerBound == count.upperBound
                ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
            refuse(
                name,
                "A list of \(many) whole numbers from \(range.lowerBound) to \(range.upperBound) "
                    + "is expected.")
            return nil
        }
        return numbers
    }

    /// A number without a fraction; true and false are none, whatever Foundation thinks.
    private static func integer(_ value: Any) -> Int? {
        guard let number = value as? NSNumber, number.objCType.pointee != 0x63 else { return nil }
        return Int(exactly: number.doubleValue)
    }

    mutating func refuse(_ name: String, _ detail: String) {
        errors.append(Problem.Item(Self.pointer(name), detail))
    }

    /// RFC 6901.
    private static func pointer(_ name: String) -> String {
        "/"
            + name.replacingOccurrences(of: "~", with: "~0")
            .replacingOccurrences(of: "/", with: "~1")
    }
}
