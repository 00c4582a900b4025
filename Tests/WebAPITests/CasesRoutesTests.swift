import Foundation
import Service
import TestSupport
import Testing

@testable import WebAPI

@Suite struct CasesRoutesTests {
    private struct Row: Sendable {
        var body: String
        var status: Int
        var pointer: String
    }

    private static let rows: [Row] = [
        Row(body: "[]", status: 422, pointer: ""),
        Row(body: "{", status: 400, pointer: ""),
        Row(body: "{}", status: 422, pointer: "/fact"),
        Row(body: #"{"fact":5}"#, status: 422, pointer: "/fact"),
        Row(body: #"{"fact":"某","top":0}"#, status: 422, pointer: "/top"),
        Row(body: #"{"fact":"某","top":true}"#, status: 422, pointer: "/top"),
        Row(body: #"{"fact":"某","charges":[]}"#, status: 422, pointer: "/charges"),
        Row(body: #"{"fact":"某","articles":["264"]}"#, status: 422, pointer: "/articles/0"),
        Row(body: #"{"fact":"某","months":[1]}"#, status: 422, pointer: "/months"),
        Row(body: #"{"fact":"某","years":[2016,2010]}"#, status: 422, pointer: "/years"),
        Row(body: #"{"fact":"某","law":1}"#, status: 422, pointer: "/law"),
    ]

    @Test(arguments: rows.indices) func whatIsWrongIsNamed(_ index: Int) {
        let row = Self.rows[index]
        let error = #expect(throws: InputError.self) {
            try CasesRoutes.precedentRequest(Array(row.body.utf8))
        }
        #expect(error?.pointer == row.pointer)
        #expect(error.map { ErrorTable.problem(of: $0).status } == row.status)
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
