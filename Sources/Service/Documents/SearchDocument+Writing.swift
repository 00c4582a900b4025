internal import Corpus

// The documents of an answer write themselves: a server spends a good part of a search on them.

extension SearchDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("assets", assets)
            fields.add("generation", generation)
            try fields.add("hits", hits)
            try fields.add("milliseconds", milliseconds)
            fields.add("missing", missing)
            fields.add("notes", notes)
            fields.add("partial", partial)
            fields.add("query", query)
            fields.add("schema_version", schemaVersion)
            fields.add("stage", stage)
        }
    }
}

extension HitDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("asset", asset)
            try fields.add("channels", channels)
            try fields.add("confidence", confidence)
            try fields.add("duplicates", duplicates)
            try fields.add("fused_score", fusedScore)
            try fields.add("highlights", highlights)
            try fields.add("links", links)
            try fields.add("moment", moment)
            try fields.add("parts", parts)
            fields.add("rank", rank)
            try fields.add("reranking", reranking)
            try fields.add("score", score)
            fields.add("snippet", snippet)
        }
    }
}

extension HighlightDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) {
        line.writeObject { fields in
            fields.add("matched", matched)
            fields.add("text", text)
        }
    }
}

extension PartDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("channels", channels)
            try fields.add("confidence", confidence)
            try fields.add("moment", moment)
            fields.add("query", query)
            try fields.add("score", score)
        }
    }
}

extension RerankDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("raw", raw)
            try fields.add("score", score)
            try fields.add("weight", weight)
        }
    }
}

extension PlaceDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("moment", moment)
            fields.add("path", path)
        }
    }
}

extension ChannelDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("false_alarm_rate", falseAlarmRate)
            try fields.add("raw", raw)
            try fields.add("score", score)
            try fields.add("terms", terms)
            fields.add("thumbnail", thumbnail)
            try fields.add("time_seconds", timeSeconds)
            try fields.add("weight", weight)
        }
    }
}

extension AssetHitDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("asset", asset)
            try fields.add("bonus", bonus)
            fields.add("ranks", ranks)
            try fields.add("score", score)
        }
    }
}

extension AssetDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("duration_seconds", durationSeconds)
            fields.add("id", id)
            fields.add("kind", kind.rawValue)
            fields.add("path", path)
            fields.add("title", title)
        }
    }
}

extension SpanDocument: JSONLineWritable {
    func write(to line: inout JSONLineWriter) throws {
        try line.writeObject { fields in
            try fields.add("end_seconds", endSeconds)
            try fields.add("start_seconds", startSeconds)
        }
    }
}

extension AssetLinks: JSONLineWritable {
    func write(to line: inout JSONLineWriter) {
        line.writeObject { fields in
            fields.add("asset", asset)
            fields.addOrNull("captions", captions)
            fields.add("media", media)
            fields.addOrNull("thumbnail", thumbnail)
        }
    }
}
