package rdsserver

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) listTagsForResource(_ context.Context, c call, out *document) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	tags, exists := s.tagsOf(c.get("ResourceName"))
	if !exists || s.foreign(c) {
		return faultf(http.StatusNotFound, "DBInstanceNotFound", "The requested resource was not found.")
	}
	renderTags(&out.fragment, tags)
	return nil
}

func (s *Server) tagsOf(arn string) (map[string]string, bool) {
	key := arn[strings.LastIndexByte(arn, ':')+1:]
	if strings.Contains(arn, ":cluster:") {
		cluster, exists := s.state.clusters.get(key)
		return cluster.Tags, exists
	}
	instance, exists := s.state.instances.get(key)
	if !exists {
		return nil, false
	}
	return instance.Tags, true
}

func (s *Server) addTagsToResource(_ context.Context, c call, _ *document) error {
	added := c.pairs("Tags", "Tag")
	return s.retag(c, func(tags map[string]string) { maps.Copy(tags, added) })
}

func (s *Server) removeTagsFromResource(_ context.Context, c call, _ *document) error {
	gone := c.list("TagKeys", "member")
	return s.retag(c, func(tags map[string]string) {
		maps.DeleteFunc(tags, func(key, _ string) bool { return slices.Contains(gone, key) })
	})
}

// retag changes the tags of a DB instance.
func (s *Server) retag(c call, change func(map[string]string)) error {
	identifier := c.get("ResourceName")
	instance, exists := s.Instance(identifier[strings.LastIndexByte(identifier, ':')+1:])
	if !exists || s.foreign(c) {
		return faultf(http.StatusNotFound, "DBInstanceNotFound", "The requested resource was not found.")
	}
	if instance.Tags == nil {
		instance.Tags = map[string]string{}
	}
	change(instance.Tags)
	s.PutInstance(instance)
	return nil
}
