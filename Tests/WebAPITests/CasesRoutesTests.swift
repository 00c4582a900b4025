import Foundation
import Service
import TestSupport
import Testing

@testable import WebAPI

@Suite struct CasesRoutesTests {
    private struct Row: Sendable {
        var body: String
        var status: Int
        var pointers: [String]
    }

    private static let rows: [Row] = [
        Row(body: "[]", status: 400, pointers: []),
        Row(body: "{}", status: 422, pointers: ["/fact"]),
        Row(body: #"{"fact":5}"#, status: 422, pointers: ["/fact"]),
        Row(body: #"{"fact":"某","top":0}"#, status: 422, pointers: ["/top"]),
        Row(body: #"{"fact":"某","top":true}"#, status: 422, pointers: ["/top"]),
        Row(body: #"{"fact":"某","charges":[]}"#, status: 422, pointers: ["/charges"]),
        Row(body: #"{"fact":"某","articles":["264"]}"#, status: 422, pointers: ["/articles"]),
        Row(
            body: #"{"fact":"某","months":[1],"years":[2016,2010],"law":1}"#, status: 422,
            pointers: ["/law", "/months", "/years"]),
    ]

    @Test(arguments: rows.indices) func whatIsWrongIsNamed(_ index: Int) {
        let row = Self.rows[index]
        let problem = #expect(throws: Problem.self) {
            try CasesRoutes.precedentRequest(Array(row.body.utf8))
        }
        #expect(problem?.status == row.status)
        #expect(problem?.errors.map(\.pointer) == row.pointers)
    }

    @Test func aRequestIsReadWithAllItMaySay() throws {
        let request = try CasesRoutes.precedentRequest(
            Array(
                #"{"fact":"某事","charges":["盗窃"],"articles":[264],"months":[6,12],"years":[2015,2016],"top":3}"#
                    .utf8))
        #expect(request.fact == "某事")
        #expect(request.charges == ["盗窃"])
        #expect(request.articles == [264])
        #expect(request.months == 6...12)
        #expect(request.years == 2015...2016)
        #expect(request.top == 3)
    }
}
