internal import Foundation

/// Compares JSON with a schema, as far as our API's description uses JSON Schema 2020-12.
package struct SchemaCheck {
    private let root: [String: Any]

    /// - Parameter root: the document that `$ref`s point into.
    package init(root: [String: Any]) { self.root = root }

    /// What is wrong, a line each with the place; empty when nothing is.
    package func problems(_ value: Any, _ schema: [String: Any], at place: String = "") -> [String]
    {
        if let reference = schema["$ref"] as? String {
            guard let target = resolve(reference) else { return ["\(place): no \(reference)"] }
            return problems(value, target, at: place)
        }
        var found: [String] = []
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let fitting = choices.count { problems(value, $0, at: place).isEmpty }
            if fitting != 1 { found.append("\(place): fits \(fitting) of \(choices.count)") }
        }
        let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] }
        if let types, !types.contains(where: { Self.isOf($0, value) }) {
            return found + ["\(place): is \(Self.type(of: value)), not \(types)"]
        }
        if let expected = schema["const"], !Self.areEqual(expected, value) {
            found.append("\(place): is not \(expected)")
        }
        if let choices = schema["enum"] as? [Any],
            !choices.contains(where: { Self.areEqual($0, value) })
        {
            found.append("\(place): \(value) is none of \(choices)")
        }
        switch value {
        case let object as [String: Any]: found += problems(ofObject: object, schema, at: place)
        case let list as [Any]: found += problems(ofList: list, schema, at: place)
        case let text as String:
            if let pattern = schema["pattern"] as? String,
                text.range(of: pattern, options: .regularExpression) == nil
            {
                found.append("\(place): \(text) does not match \(pattern)")
            }
        case let number as NSNumber:
            if let least = schema["minimum"] as? Double, number.doubleValue < least {
                found.append("\(place): \(number) is less than \(least)")
            }
            if let most = schema["maximum"] as? Double, number.doubleValue > most {
                found.append("\(place): \(number) is more than \(most)")
            }
        default: break
        }
        return found
    }

    /// What a reference such as `#/components/schemas/Job` points at.
    package func resolve(_ reference: String) -> [String: Any]? {
        guard reference.hasPrefix("#/") else { return nil }
        var place: Any? = root
        for name in reference.dropFirst(2).split(separator: "/") {
            let key = name.replacingOccurrences(of: "~1", with: "/")
                .replacingOccurrences(of: "~0", with: "~")
            place = (place as? [String: Any])?[key]
        }
        return place as? [String: Any]
    }

    private func problems(
        ofObject object: [String: Any], _ schema: [String: Any], at place: String
    ) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        var found: [String] = []
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
            found.append("\(place): lacks \(name)")
        }
        for (name, value) in object {
            let inside = place + "/" + name
            if let schema = properties[name] {
                found += problems(value, schema, at: inside)
            } else if let others = schema["additionalProperties"] as? [String: Any] {
                found += problems(value, others, at: inside)
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(inside): is not described")
            }
        }
        return found
    }

    private func problems(
        ofList list: [Any], _ schema: [String: Any], at place: String
    ) -> [String] {
        var found: [String] = []
        if let least = schema["minItems"] as? Int, list.count < least {
            found.append("\(place): has \(list.count) items, fewer than \(least)")
        }
        if let most = schema["maxItems"] as? Int, list.count > most {
            found.append("\(place): has \(list.count) items, more than \(most)")
        }
        if let items = schema["items"] as? [String: Any] {
            for (index, value) in list.enumerated() {
                found += problems(value, items, at: "\(place)/\(index)")
            }
        }
        return found
    }

    private static func type(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [Any]: "array"
        case is [String: Any]: "object"
        case let number as NSNumber:
            // Only truth values are characters to Foundation.
            number.objCType.pointee == 0x63
                ? "boolean"
                : number.doubleValue == number.doubleValue.rounded() ? "integer" : "number"
        default: "unknown"
        }
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        let actual = self.type(of: value)
        return actual == type || (type == "number" && actual == "integer")
    }

    private static func areEqual(_ left: Any, _ right: Any) -> Bool {
        type(of: left) == type(of: right) && (left as? NSObject) == (right as? NSObject)
    }
}
