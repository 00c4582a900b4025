import Foundation
import TestSupport
import Testing

@testable import WebAPI

/// The API's description, as the server gives it out, beside the routes there are.
@Suite struct OpenAPITests {
    private let document: [String: Any]
    private let paths: [String: [String: [String: Any]]]

    init() throws {
        let file = try #require(PageFile.all.first { $0.name == "openapi.json" })
        let object = try JSONSerialization.jsonObject(with: Data(file.bytes))
        document = try #require(object as? [String: Any])
        paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
    }

    /// Every object in a part of the document, with its place.
    private func objects(_ part: Any, at place: String = "#") -> [(String, [String: Any])] {
        switch part {
        case let object as [String: Any]:
            [(place, object)] + object.flatMap { objects($1, at: place + "/" + $0) }
        case let list as [Any]:
            list.enumerated().flatMap { objects($1, at: place + "/\($0)") }
        default: []
        }
    }

    @Test func itIsOfVersion31AndOfThisProgram() {
        #expect(document["openapi"] as? String == "3.1.1")
        let info = document["info"] as? [String: Any]
        #expect(info?["title"] as? String == "reel")
        #expect(info?["version"] as? String == "0.1.0")
    }

    @Test func everyReferenceLeadsSomewhere() {
        let check = SchemaCheck(root: document)
        var count = 0
        for (place, object) in objects(document) {
            guard let reference = object["$ref"] as? String else { continue }
            count += 1
            #expect(check.resolve(reference) != nil, "\(place): \(reference)")
        }
        #expect(count > 100)
    }

    @Test func everyRouteIsDescribedAndNothingElse() throws {
        let folder = try TemporaryFolder()
        let routes = RouteTable.routes(try SampleContext.make(library: folder.path("library")))
        // The page is for browsers, not for programs.
        let served = routes.filter { $0.pattern != "/" && !$0.pattern.hasPrefix("/page/") }
            .map { "\($0.method.rawValue) \($0.pattern)" }
        let described = paths.flatMap { path, operations in
            operations.keys.map { "\($0.uppercased()) \(path)" }
        }
        #expect(Set(served).subtracting(described).sorted() == [], "not described")
        #expect(Set(described).subtracting(served).sorted() == [], "not served")
    }

    @Test func everyOperationHasANameItsParametersAndAnAnswer() throws {
        var names: Set<String> = []
        for (path, operations) in paths {
            let wanted = Set(
                path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) })
            for (method, operation) in operations {
                let place = "\(method) \(path)"
                let name = try #require(operation["operationId"] as? String, "\(place)")
                #expect(names.insert(name).inserted, "\(name) is the name of two")
                #expect((operation["summary"] as? String)?.isEmpty == false, "\(place)")
                let parameters = operation["parameters"] as? [[String: Any]] ?? []
                let given = parameters.filter { $0["in"] as? String == "path" }
                #expect(Set(given.compactMap { $0["name"] as? String }) == wanted, "\(place)")
                let answers = try #require(operation["responses"] as? [String: Any], "\(place)")
                #expect(answers.keys.contains { $0.hasPrefix("2") }, "\(place)")
                let takesBody = operation["requestBody"] != nil
                #expect(!takesBody || method == "post", "\(place)")
            }
        }
    }

    @Test func whatIsRequiredIsDescribed() {
        for (place, object) in objects(document) {
            guard let required = object["required"] as? [String],
                let properties = object["properties"] as? [String: Any]
            else { continue }
            #expect(Set(required).subtracting(properties.keys) == [], "\(place)")
        }
    }
}
