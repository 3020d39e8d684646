import { describe, expect, it } from 'vitest';
import { recogniseRole } from '../../../src/core/media/recognise-role.ts';

describe('recogniseRole', () => {
  it.each([
    ['color.mp4', 'color'],
    ['video.mp4', 'color'],
    ['input_video.mp4', 'color'],
    ['street_colour.MOV', 'color'],
    ['street_depth.mp4', 'depth'],
    ['depth.mp4', 'depth'],
    ['depth_video.mp4', 'depth'],
    ['depth_map_v2.mp4', 'depth'],
    ['streetDepth.mp4', 'depth'],
    ['Street Depth 01.mp4', 'depth'],
    ['street-depth03.mp4', 'depth'],
    ['segmentation.mp4', 'seg'],
    ['street_seg.mp4', 'seg'],
    ['canny_edge.mp4', 'edge'],
    ['canny.mp4', 'edge'],
    ['edge_input_control_0.mp4', 'edge'],
    ['street_vis.mp4', 'vis'],
    ['street.blur.mp4', 'vis'],
    ['seg_mask.mp4', 'mask'],
    ['some/folder_depth/color.mp4', 'color'],
    ['C:\\clips\\a_depth.mp4', 'depth'],
    ['depth', 'depth'],
  ])('reads %s as %s', (name, role) => {
    expect(recogniseRole(name, 'video')).toBe(role);
  });

  it.each([
    'street.mp4',
    'edge_of_town.mp4',
    'depths.of.winter.mp4',
    'visit.mp4',
    '20240601_120000.mp4',
    '.mp4',
    '',
    '🎬.mp4',
    'constructor.mp4',
    '__proto__.mp4',
  ])('tells nothing of the video %s', (name) => {
    expect(recogniseRole(name, 'video')).toBeUndefined();
  });

  it('gives sound and pictures their only role, whatever they are called', () => {
    expect(recogniseRole('depth.wav', 'audio')).toBe('audio');
    expect(recogniseRole('depth.png', 'image')).toBe('image');
  });
});
